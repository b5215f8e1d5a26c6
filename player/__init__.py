"""We Remember: a kiosk player that shows approved photos as a quiet, timed, full-screen show."""

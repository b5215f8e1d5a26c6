"""What people see of players."""

"""The screen process: window, frame loop and the threads that keep it fed. Never sees a feed's bytes or the network."""

"""One open profile: what can be read of it, what can be done with it."""

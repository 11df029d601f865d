"""Laws and state machines."""

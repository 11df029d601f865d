"""The verbs: what they read, what they do, what they answer."""

"""The explorer and the sheets that come up over it, each with its style sheet beside it."""

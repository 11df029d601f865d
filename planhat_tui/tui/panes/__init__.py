"""The panes of the explorer, each with its style sheet beside it."""

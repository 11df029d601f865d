"""The screen: what is shown, in how many cells, and what the keys do."""

"""How a person sees it: the explorer, in Textual.

It decides nothing: a pane reads the workspace through :mod:`planhat_tui.tui.reading`, calls one
workspace or command method for what a key asks, and shows the result. Text for the screen is made
in :mod:`planhat_tui.tui.presentation`, which knows no widget.
"""

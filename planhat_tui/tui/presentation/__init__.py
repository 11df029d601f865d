"""Model to text, pure: no widget, no clock, no I/O.

What data says is handed on through :func:`planhat_tui.model.text.visible`, and as plain text or
:class:`rich.text.Text`; never as markup.
"""

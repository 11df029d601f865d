"""What a person can do: one function per verb, with help in its docstring.

The keys, the palette, the ``:`` line and the shell all lead to these. What lies above this room
reaches a verb as callables in its :class:`~planhat_tui.commands.context.Context`.
"""

"""What things are: records, edits, queries, phone numbers, limits.

Pure: no I/O, no clock, nothing of ours but :mod:`planhat_tui.errors`.
"""

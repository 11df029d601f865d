"""Tests of what things are: pure rules, no I/O, no clock."""

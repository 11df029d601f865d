"""Tests of what is on this disk: real files, real processes."""

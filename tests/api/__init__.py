"""Tests of how Planhat speaks."""

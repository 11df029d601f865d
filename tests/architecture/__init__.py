"""Contracts that hold at run time, and documents that match the code."""

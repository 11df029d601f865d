"""Hostile text in numbers, a tenant full of it, and a terminal that tells what came through."""

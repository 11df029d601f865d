"""Tests of as whom we speak and how we look: what people write by hand, and what we write back."""

"""Widgets that know nothing of Planhat's records: lists, bars, inputs. Each has its style sheet."""

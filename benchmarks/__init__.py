"""Measurements, as ratios in one run. The last figures stand in this folder's README."""

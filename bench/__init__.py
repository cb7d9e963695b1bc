"""Measurements: speed, accuracy, real pages. Each takes --json FILE."""

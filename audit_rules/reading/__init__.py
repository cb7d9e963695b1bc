"""Turns one HTML page into frozen facts; never says good or bad."""

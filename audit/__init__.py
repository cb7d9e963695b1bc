"""Tells: the command line, the fleet, reports."""

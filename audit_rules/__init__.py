"""Judges: facts, reading, law, rules and the engine. No network, no clock, no database."""

__version__ = "0.1.0"

"""Plays: a make-believe province with planted faults, on loopback."""

"""A night on one machine: begun once, manned, watched, ended once, and told."""

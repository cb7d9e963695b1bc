"""Findings on their way to the bodies they are about: what may be told, packages, letters, mail."""

"""Hosts that would hurt or fool whoever reads them. Each is a good portal of the make-believe country with one
thing wrong: a patient visitor finds everything there, or nothing, so whatever is called a fault is none."""

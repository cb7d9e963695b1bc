"""Nights of several machines: workers that share one queue."""

"""The shapes in which findings leave the house."""

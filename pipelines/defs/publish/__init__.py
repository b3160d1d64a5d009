"""Step publish: the warehouse."""

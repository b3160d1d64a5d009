"""Step raw: files into the store."""

"""One piece of evidence as pages show it: the source row, where it stands, whose it is, and what hangs on it."""

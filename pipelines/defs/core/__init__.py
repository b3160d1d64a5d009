"""Step core: the rows that stand, behind a gate."""

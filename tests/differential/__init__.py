"""The engine against the independent calculator of tests/oracle, on random counties."""

"""Reviewed tables of names, as data files, and how they are read. Each file says where it comes from."""

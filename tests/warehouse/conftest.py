"""Makes this folder one that tests of its subfolders import from (`warehouse_tables`)."""

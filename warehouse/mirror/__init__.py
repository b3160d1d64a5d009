"""The published tables in a PostgreSQL database of somebody else: every row once, with the runs that it stands in."""

"""The steps by which a casework store of any earlier revision becomes one of today, run by Alembic. A step that was published is never edited."""

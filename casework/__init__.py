"""The casework store: what people do and decide, kept for ever in one transactional database apart from the warehouse.

SQLAlchemy Core and Alembic live here and nowhere else. `store` opens it; `tables` declares what is in it; a module a subject adds and
reads rows. Nothing here knows the web, the warehouse or a run.
"""

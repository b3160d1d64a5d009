"""The tables of the casework store, a module a subject. Declared with SQLAlchemy, made by the migrations; nothing is computed here."""

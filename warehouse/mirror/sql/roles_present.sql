-- Which of the roles exist.
SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = ANY(%(roles)s::text[])

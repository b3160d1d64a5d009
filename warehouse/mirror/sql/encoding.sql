-- The encoding that texts are kept in.
SELECT pg_catalog.current_setting('server_encoding')

-- The next run of the same transaction makes its own.
DROP TABLE pg_temp.closing

-- Ready for the next table.
TRUNCATE pg_temp.closing

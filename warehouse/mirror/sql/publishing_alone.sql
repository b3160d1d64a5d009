-- One publisher at a time, to the end of the transaction; the number is ours alone ("hedui" in ASCII).
SELECT pg_catalog.pg_try_advisory_xact_lock(448310441321)

-- A few rows are looked up by index, many are joined: the planner has to know how many there are.
ANALYZE pg_temp.closing

-- The record of the newest run. run_id sorts by time.
SELECT * FROM publish.run ORDER BY run_id DESC LIMIT 1

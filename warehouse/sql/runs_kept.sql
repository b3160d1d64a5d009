-- Every run that is kept, the oldest first.
SELECT * FROM publish.run ORDER BY run_id

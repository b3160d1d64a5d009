-- The runs beyond the newest $keep: what history lets go.
SELECT run_id FROM publish.run ORDER BY run_id DESC OFFSET $keep

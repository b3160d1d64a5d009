-- The runs of the mirror, oldest first.
SELECT sequence, run_id, input_digest, packs_digest FROM hedui_mirror.run ORDER BY sequence

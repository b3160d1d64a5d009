-- Let the runs before %(oldest)s go, or all of them where that is null.
DELETE FROM hedui_mirror.run WHERE %(oldest)s::bigint IS NULL OR sequence < %(oldest)s
RETURNING run_id

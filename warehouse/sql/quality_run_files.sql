-- Of each run that is kept, the files of the given areas and their rows. A file that could not be opened has no rows to count.
SELECT run_id, count(*) AS files, sum(rows_in)::BIGINT AS rows_in, sum(rows_accepted)::BIGINT AS rows_accepted,
       sum(rows_quarantined)::BIGINT AS rows_quarantined, sum(rows_superseded)::BIGINT AS rows_superseded
FROM publish.intake_ledger
WHERE $everything OR len(list_filter($regions, lambda code: starts_with(coalesce(region_code, ''), code))) > 0
GROUP BY run_id
ORDER BY run_id

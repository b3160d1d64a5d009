-- The columns of the newest run's verdicts that lists are filtered and ordered by, in stored order; row: where the whole row is.
SELECT
    rowid AS row, verdict_id, application_id, programme, requested, region_code, suggestion, certain,
    income_per_capita_month, income_limit, amount
FROM publish.household_verdict
WHERE run_id = (SELECT max(run_id) FROM publish.run)
ORDER BY application_id, programme, verdict_id

-- Applications whose suggestion for the programme they asked for differs between two runs; null: not in that run.
SELECT coalesce(now.application_id, before.application_id) AS application_id,
       coalesce(now.region_code, before.region_code) AS region_code,
       coalesce(now.programme, before.programme) AS programme,
       before.suggestion AS suggestion_before, now.suggestion AS suggestion_now
FROM (SELECT * FROM publish.household_verdict WHERE run_id = $newest AND requested) AS now
FULL JOIN (SELECT * FROM publish.household_verdict WHERE run_id = $previous AND requested) AS before
  ON now.application_id = before.application_id AND now.programme = before.programme
WHERE now.suggestion IS DISTINCT FROM before.suggestion
  AND ($everything OR len(list_filter($regions, lambda code: starts_with(coalesce(now.region_code, before.region_code), code))) > 0)
ORDER BY 1, 3

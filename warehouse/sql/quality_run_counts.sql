-- Of each run that is kept, the applications of the given areas and programmes by suggestion for what they asked for.
SELECT run_id, count(DISTINCT application_id) AS applications,
       count(*) FILTER (suggestion = 'eligible') AS eligible,
       count(*) FILTER (suggestion = 'ineligible') AS ineligible,
       count(*) FILTER (suggestion = 'needs_review') AS needs_review,
       count(*) FILTER (suggestion = 'data_incomplete') AS data_incomplete,
       count(*) FILTER (suggestion = 'parameter_missing') AS parameter_missing,
       count(*) FILTER (suggestion = 'not_authorised') AS not_authorised
FROM publish.household_verdict
WHERE requested AND ($all_programmes OR list_contains($programmes, programme))
  AND ($everything OR len(list_filter($regions, lambda code: starts_with(region_code, code))) > 0)
GROUP BY run_id
ORDER BY run_id

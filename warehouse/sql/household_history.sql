SELECT r.sequence, v.*
FROM publish.household_verdict AS v
JOIN publish.run AS r USING (run_id)
WHERE v.application_id = $application
ORDER BY r.sequence, v.programme

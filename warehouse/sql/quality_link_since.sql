-- Links that may wait for a clerk, each with the first run kept that has it.
SELECT dataset, record_key, person_ref, min(run_id) AS first_run
FROM publish.person_link
WHERE tier IN ('C', 'D') OR contains(coalesce(note, ''), $only_number)
GROUP BY ALL
ORDER BY ALL

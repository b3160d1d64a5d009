-- Checks by run, dataset and dimension: how many were made, passed, and how many rows failed of how many.
SELECT run_id, dataset, dimension, count(*) AS checks, count(*) FILTER (passed) AS passed,
       sum(failed_rows) AS failed_rows, sum(total_rows) AS total_rows
FROM publish.quality_result
GROUP BY ALL
ORDER BY ALL

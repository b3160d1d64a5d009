-- The verdicts of the newest run that rule $rule did not pass: for filters of lists.
SELECT
    verdict_id,
    bool_or(outcome = 'fail') AS failing,
    bool_or(outcome = 'unknown') AS unknown
FROM publish.verdict_reason
WHERE run_id = (SELECT max(run_id) FROM publish.run) AND rule_id = $rule AND outcome <> 'pass'
GROUP BY verdict_id

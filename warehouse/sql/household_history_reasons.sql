SELECT DISTINCT s.verdict_id, s.seq, s.rule_id, s.outcome, s.measured, s.limit_value, s.unit
FROM publish.verdict_reason AS s
WHERE s.verdict_id IN (SELECT unnest($verdicts))
ORDER BY s.verdict_id, s.seq

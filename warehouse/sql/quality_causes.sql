-- Which rules could not answer, or sent somebody to review, for the programme asked for; only of the given areas and programmes.
SELECT verdict.suggestion, reason.rule_id, count(*) AS applications
FROM "current".verdict_reason AS reason
JOIN "current".household_verdict AS verdict USING (verdict_id)
WHERE verdict.requested AND reason.outcome = 'unknown'
  AND ($all_programmes OR list_contains($programmes, verdict.programme))
  AND ($everything OR len(list_filter($regions, lambda code: starts_with(verdict.region_code, code))) > 0)
GROUP BY ALL
ORDER BY applications DESC, verdict.suggestion, reason.rule_id

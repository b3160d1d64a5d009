-- Which applications rest on the same source row as a piece of evidence, and whether it counted there.
SELECT other.application_id, other.evidence_id, other.quantity, other.counted,
       any_value(verdict.region_code) AS region_code, any_value(verdict.programme) FILTER (verdict.requested) AS programme
FROM "current".evidence AS this
JOIN "current".evidence AS other ON other.dataset = this.dataset AND other.record_key = this.record_key
JOIN "current".household_verdict AS verdict ON verdict.application_id = other.application_id
WHERE this.evidence_id = $evidence_id
GROUP BY ALL
ORDER BY ALL

SELECT * FROM "current".flip_fact WHERE verdict_id IN (SELECT unnest($verdicts)) ORDER BY verdict_id, evidence_id

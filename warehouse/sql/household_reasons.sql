SELECT * FROM "current".verdict_reason WHERE verdict_id IN (SELECT unnest($verdicts)) ORDER BY verdict_id, seq

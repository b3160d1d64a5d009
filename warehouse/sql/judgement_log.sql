-- The whole log in the order of entry.
SELECT judgement_id, dataset, record_key, person_ref, answer, clerk, reason, decided_at, source, batch
FROM judgement ORDER BY judgement_id

-- Every link of some records.
SELECT dataset, record_key, person_ref, tier, score, decided_by, note
FROM "current".person_link
WHERE record_key IN (SELECT unnest($records::VARCHAR[]))
ORDER BY ALL

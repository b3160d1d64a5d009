-- Links that may wait for a clerk: tiers C and D, those that a number alone carries, and every link of records that were judged.
SELECT dataset, record_key, person_ref, tier, score, decided_by, note
FROM "current".person_link
WHERE tier IN ('C', 'D') OR contains(coalesce(note, ''), $only_number) OR record_key IN (SELECT unnest($judged::VARCHAR[]))
ORDER BY ALL

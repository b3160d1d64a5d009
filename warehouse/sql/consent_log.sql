-- The whole log in the order of entry.
SELECT
    consent_id, person_ref, purpose, given, paper_no, valid_to, clerk, decided_at
FROM consent ORDER BY consent_id

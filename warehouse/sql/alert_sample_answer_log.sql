-- The whole log in the order of entry.
SELECT
    answer_id, batch, person_ref, answer, code, clerk, reason, decided_at
FROM alert_sample_answer ORDER BY answer_id

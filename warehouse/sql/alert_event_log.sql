-- The whole log in the order of entry.
SELECT
    event_id, alert_id, code, subject_kind, subject_id, region_code, facts_digest, action, outcome, amount_fen,
    direction, clerk, second_clerk, reason, decided_at
FROM alert_event ORDER BY event_id

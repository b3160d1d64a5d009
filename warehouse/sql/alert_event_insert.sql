-- One row of the log.
INSERT INTO alert_event (
    alert_id, code, subject_kind, subject_id, region_code, facts_digest, action, outcome, amount_fen, direction,
    clerk, second_clerk, reason, decided_at
) VALUES (
    $alert_id, $code, $subject_kind, $subject_id, $region_code, $facts_digest, $action, $outcome, $amount_fen,
    $direction, $clerk, $second_clerk, $reason, $decided_at
)

-- One row of the log.
INSERT INTO alert_sample_answer (
    batch, person_ref, answer, code, clerk, reason, decided_at
) VALUES (
    $batch, $person_ref, $answer, $code, $clerk, $reason, $decided_at
)

-- One judgement; its number is the next of the log.
INSERT INTO judgement (dataset, record_key, person_ref, answer, clerk, reason, decided_at, source, batch)
VALUES ($dataset, $record_key, $person_ref, $answer, $clerk, $reason, $decided_at, $source, $batch)

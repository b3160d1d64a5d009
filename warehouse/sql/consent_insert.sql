-- One row of the log.
INSERT INTO consent (
    person_ref, purpose, given, paper_no, valid_to, clerk, decided_at
) VALUES (
    $person_ref, $purpose, $given, $paper_no, $valid_to, $clerk, $decided_at
)

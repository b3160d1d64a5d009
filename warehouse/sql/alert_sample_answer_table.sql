-- SQLite, beside the warehouse: what reviewers found about the people of a sample; a row an answer.
CREATE TABLE IF NOT EXISTS alert_sample_answer (
    answer_id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch TEXT NOT NULL,
    person_ref TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('missed', 'clean', 'unsure')),
    code TEXT,
    clerk TEXT NOT NULL CHECK (length(trim(clerk)) > 0),
    reason TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    decided_at TEXT NOT NULL
) STRICT

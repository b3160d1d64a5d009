-- SQLite, beside the warehouse: the log of judgements. Rows are added and never changed; see the triggers.
CREATE TABLE IF NOT EXISTS judgement (
    judgement_id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset TEXT NOT NULL,
    record_key TEXT NOT NULL,
    person_ref TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('same', 'not_same', 'unsure')),
    clerk TEXT NOT NULL CHECK (length(trim(clerk)) > 0),
    reason TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    decided_at TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('review', 'sample')),
    batch TEXT
) STRICT

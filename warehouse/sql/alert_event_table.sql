-- SQLite, beside the warehouse: what became of alerts; a row a decision of a named person.
CREATE TABLE IF NOT EXISTS alert_event (
    event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    alert_id TEXT NOT NULL,
    code TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    region_code TEXT,
    facts_digest TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('explain', 'confirm', 'dismiss', 'close', 'reopen')),
    outcome TEXT CHECK (outcome IN ('person_error', 'fraud', 'source_error', 'system_error', 'no_issue', 'under_payment')),
    amount_fen INTEGER CHECK (amount_fen >= 0),
    direction TEXT CHECK (direction IN ('over', 'under')),
    clerk TEXT NOT NULL CHECK (length(trim(clerk)) > 0),
    second_clerk TEXT CHECK (second_clerk <> clerk),
    reason TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    decided_at TEXT NOT NULL
) STRICT

-- SQLite, beside the warehouse: consent of persons to be named to others, given or withdrawn; a row a paper.
CREATE TABLE IF NOT EXISTS consent (
    consent_id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_ref TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('charity')),
    given INTEGER NOT NULL CHECK (given IN (0, 1)),
    paper_no TEXT NOT NULL CHECK (length(trim(paper_no)) > 0),
    valid_to TEXT,
    clerk TEXT NOT NULL CHECK (length(trim(clerk)) > 0),
    decided_at TEXT NOT NULL
) STRICT

-- SQLite, beside the warehouse: the samples drawn for blind double review, a row a pair.
CREATE TABLE IF NOT EXISTS review_pair (
    batch TEXT NOT NULL,
    pair_code TEXT NOT NULL,
    run_id TEXT NOT NULL,
    dataset TEXT NOT NULL,
    record_key TEXT NOT NULL,
    person_ref TEXT NOT NULL,
    tier TEXT NOT NULL,
    kind TEXT NOT NULL,
    family TEXT,
    stratum TEXT NOT NULL,
    population INTEGER NOT NULL,
    drawn INTEGER NOT NULL,
    PRIMARY KEY (batch, pair_code)
) STRICT

-- SQLite, beside the warehouse: people without an open alert, drawn for review; a row a person.
CREATE TABLE IF NOT EXISTS alert_sample (
    batch TEXT NOT NULL,
    person_ref TEXT NOT NULL,
    region_code TEXT,
    run_id TEXT NOT NULL,
    as_of TEXT NOT NULL,
    seed INTEGER NOT NULL,
    stratum TEXT NOT NULL,
    population INTEGER NOT NULL,
    drawn INTEGER NOT NULL,
    PRIMARY KEY (batch, person_ref)
) STRICT

-- SQLite, beside the warehouse: random inspections: households and inspectors drawn by lot; a row a household.
CREATE TABLE IF NOT EXISTS inspection_draw (
    batch TEXT NOT NULL,
    household_no TEXT NOT NULL,
    region_code TEXT,
    programme TEXT NOT NULL,
    stratum TEXT NOT NULL,
    population INTEGER NOT NULL,
    drawn INTEGER NOT NULL,
    inspector TEXT NOT NULL,
    second_inspector TEXT NOT NULL CHECK (second_inspector <> inspector),
    run_id TEXT NOT NULL,
    as_of TEXT NOT NULL,
    seed INTEGER NOT NULL,
    drawn_by TEXT NOT NULL CHECK (length(trim(drawn_by)) > 0),
    drawn_at TEXT NOT NULL,
    PRIMARY KEY (batch, household_no)
) STRICT

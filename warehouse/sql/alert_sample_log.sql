-- The whole log in the order of entry.
SELECT
    batch, person_ref, region_code, run_id, as_of, seed, stratum, population, drawn
FROM alert_sample ORDER BY rowid

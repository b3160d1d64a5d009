-- The whole log in the order of entry.
SELECT
    batch, household_no, region_code, programme, stratum, population, drawn, inspector, second_inspector, run_id,
    as_of, seed, drawn_by, drawn_at
FROM inspection_draw ORDER BY rowid

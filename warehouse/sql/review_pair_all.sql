-- Every sample ever drawn, in the order of drawing.
SELECT batch, pair_code, run_id, dataset, record_key, person_ref, tier, kind, family, stratum, population, drawn
FROM review_pair ORDER BY rowid

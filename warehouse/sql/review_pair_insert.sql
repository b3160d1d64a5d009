-- One pair of a sample.
INSERT INTO review_pair (
    batch, pair_code, run_id, dataset, record_key, person_ref, tier, kind, family, stratum, population, drawn
) VALUES (
    $batch, $pair_code, $run_id, $dataset, $record_key, $person_ref, $tier, $kind, $family, $stratum, $population, $drawn
)

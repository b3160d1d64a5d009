-- One row of the log.
INSERT INTO alert_sample (
    batch, person_ref, region_code, run_id, as_of, seed, stratum, population, drawn
) VALUES (
    $batch, $person_ref, $region_code, $run_id, $as_of, $seed, $stratum, $population, $drawn
)

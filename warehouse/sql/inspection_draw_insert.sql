-- One row of the log.
INSERT INTO inspection_draw (
    batch, household_no, region_code, programme, stratum, population, drawn, inspector, second_inspector, run_id,
    as_of, seed, drawn_by, drawn_at
) VALUES (
    $batch, $household_no, $region_code, $programme, $stratum, $population, $drawn, $inspector, $second_inspector,
    $run_id, $as_of, $seed, $drawn_by, $drawn_at
)

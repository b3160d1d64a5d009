-- The verdicts of run $run, by what the change feed tells of them.
SELECT
    application_id, programme, verdict_id, region_code, requested::BIGINT AS requested,
    (suggestion <> 'not_authorised')::BIGINT AS authorised
FROM publish.household_verdict
WHERE run_id = $run

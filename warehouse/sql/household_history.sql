-- Every kept run's verdicts of one application; a run_id sorts by time.
SELECT * FROM publish.household_verdict WHERE application_id = $application ORDER BY run_id, programme

-- Every region that a run that is kept tells of: those of applications and those of files.
SELECT region_code FROM publish.household_verdict
UNION
SELECT region_code FROM publish.intake_ledger
ORDER BY region_code

-- The verdicts of the newest run on a list of applications, in stored order.
SELECT * FROM "current".household_verdict
WHERE application_id IN (SELECT unnest($applications))
ORDER BY application_id, programme, verdict_id

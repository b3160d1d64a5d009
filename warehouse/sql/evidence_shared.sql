SELECT count(DISTINCT application_id) AS applications
FROM "current".evidence
WHERE dataset = $dataset AND record_key = $record_key AND application_id <> $application

-- The lines of files that pieces of evidence of the newest run were read from, in stored order.
SELECT * FROM "current".evidence_source
WHERE evidence_id IN (SELECT unnest($evidence))
ORDER BY evidence_id, file, line

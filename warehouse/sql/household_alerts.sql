SELECT * FROM "current".alert
WHERE subject_id = $application OR list_has_any(person_refs, $people)
ORDER BY alert_id

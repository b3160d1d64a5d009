-- The people of a list, masked, with their applications.
SELECT person_ref, name_masked, id_no_masked, application_ids
FROM "current".person
WHERE person_ref IN (SELECT unnest($people::VARCHAR[]))
ORDER BY person_ref

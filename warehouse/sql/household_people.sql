SELECT person_ref, name_masked, id_no_masked FROM "current".person WHERE person_ref IN (SELECT unnest($people))

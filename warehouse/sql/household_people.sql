SELECT person_ref, name_masked, id_no_masked FROM publish.person WHERE run_id = $run AND person_ref IN (SELECT unnest($people))

-- Everybody of a run as masked, in the order of references.
SELECT person_ref, name_masked, id_no_masked FROM publish.person WHERE run_id = $run ORDER BY person_ref

-- Which row and person a link is, by its name (`household.linkage.judgements.link_ids`): no link but this one leaves the database.
SELECT dataset, record_key, person_ref
FROM "current".person_link
WHERE substr(sha256(concat_ws(chr(31), dataset, record_key, person_ref)), 1, 16) = $link_id

-- Who else may read a view, to give it back to them when the view is made anew.
SELECT DISTINCT pg_catalog.pg_get_userbyid(a.grantee)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) AS a
WHERE n.nspname = %(schema)s AND c.relname = %(name)s AND a.privilege_type = 'SELECT' AND a.grantee NOT IN (0, c.relowner)

-- Open alerts of the newest run by application: on the application itself, or on a person of its roster.
WITH open_alert AS (
    SELECT alert_id, severity, subject_kind, subject_id, person_refs FROM "current".alert WHERE state = 'open'
),
touched AS (
    SELECT alert_id, severity, subject_id AS application_id FROM open_alert WHERE subject_kind = 'application'
    UNION
    SELECT o.alert_id, o.severity, r.application_id
    FROM (SELECT alert_id, severity, unnest(person_refs) AS person_ref FROM open_alert) AS o
    JOIN "current".roster_person AS r USING (person_ref)
)
SELECT
    application_id,
    count(*) FILTER (WHERE severity = 'B') AS alerts_b,
    count(*) FILTER (WHERE severity = 'R') AS alerts_r,
    count(*) FILTER (WHERE severity = 'I') AS alerts_i
FROM touched
GROUP BY application_id

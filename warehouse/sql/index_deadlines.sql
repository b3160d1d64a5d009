-- Clocks of the newest run by application: when the first one began, which one ends next, how many are overdue.
SELECT
    application_id,
    min(started_on) AS started_on,
    min(due_on) FILTER (WHERE state IN ('open', 'overdue')) AS next_due_on,
    count(*) FILTER (WHERE state = 'overdue') AS overdue
FROM "current".deadline
WHERE subject_kind = 'application' AND application_id IS NOT NULL
GROUP BY application_id

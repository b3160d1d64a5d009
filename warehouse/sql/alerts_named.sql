-- Alerts of the newest run by their ids.
SELECT * FROM "current".alert WHERE alert_id IN (SELECT unnest($alerts))

-- Alerts by where they stand (`alert_places.sql`).
SELECT * FROM publish.alert WHERE rowid IN (SELECT unnest($rows)) ORDER BY alert_id

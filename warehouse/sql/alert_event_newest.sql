-- The number of the newest decision; 0 where there is none.
SELECT coalesce(max(event_id), 0) FROM alert_event

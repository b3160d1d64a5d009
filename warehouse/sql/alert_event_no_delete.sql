-- What was once entered stays. The store adds the "; END" of the body, so that this file holds one statement like all others.
CREATE TRIGGER IF NOT EXISTS alert_event_no_delete BEFORE DELETE ON alert_event
BEGIN SELECT RAISE(ABORT, 'append-only')

-- What was once entered stays. The store adds the "; END" of the body, so that this file holds one statement like all others.
CREATE TRIGGER IF NOT EXISTS consent_no_update BEFORE UPDATE ON consent
BEGIN SELECT RAISE(ABORT, 'append-only')

-- What was once entered stays. The store adds the "; END" of the body, so that this file holds one statement like all others.
CREATE TRIGGER IF NOT EXISTS judgement_no_delete BEFORE DELETE ON judgement
BEGIN SELECT RAISE(ABORT, 'append-only')

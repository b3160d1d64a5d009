-- What was once entered stays. The store adds the "; END" of the body, so that this file holds one statement like all others.
CREATE TRIGGER IF NOT EXISTS inspection_draw_no_update BEFORE UPDATE ON inspection_draw
BEGIN SELECT RAISE(ABORT, 'append-only')

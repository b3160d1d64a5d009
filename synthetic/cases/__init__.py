"""Cases that a policy officer can read: households written by hand, run through the engine, compared with what they expect."""

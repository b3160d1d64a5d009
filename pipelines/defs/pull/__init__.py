"""Step pull: what departments offer, brought into the inbox."""

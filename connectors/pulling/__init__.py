"""Taking what a source offers, exactly once: calls under its limits, checks of what it says, the log, landing in the inbox."""

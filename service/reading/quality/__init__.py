"""What the data-quality dashboard shows: frames about sources, checks, runs, quarantine, links, verdicts and alerts. No personal value."""

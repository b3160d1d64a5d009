"""What changed since: the feed of verdicts, and webhooks that tell of it."""

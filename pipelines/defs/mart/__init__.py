"""Step mart: verdicts, ledger and quality."""

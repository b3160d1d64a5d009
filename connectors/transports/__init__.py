"""How bytes and rows come over: one module a transport, each behind the same three questions (probe, offers, fetch)."""

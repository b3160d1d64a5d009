"""Which source rows belong to which person: tiers A and B by number, tier C by the model on what is left (assessment §3)."""

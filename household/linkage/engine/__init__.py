"""The linkage engine: two sets of records and a plan in, scored pairs out. It knows nothing of datasets, households or tiers."""

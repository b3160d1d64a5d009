"""Law as data: one folder a region or document."""

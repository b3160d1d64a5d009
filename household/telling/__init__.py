"""What a reason says beside its answer: how it was reckoned, how far from the limit it is, and what would settle it. Never a name."""

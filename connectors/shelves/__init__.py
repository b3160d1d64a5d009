"""What one run keeps for the next in the store: links, answers, models, marks of the watch."""

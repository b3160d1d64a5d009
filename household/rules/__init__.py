"""Rules, packs, and how answers become suggestions."""

"""How much is compared at most: what keeps time and memory bounded whatever arrives."""

from __future__ import annotations

MOST_PEOPLE = 300
"""People of one block value that a row is still compared with: more of them, and the block tells nobody from anybody."""

MOST_PAIRS = 60_000
"""Pairs of one block value."""

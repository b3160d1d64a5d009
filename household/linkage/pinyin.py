"""Kept for its importers: how a name sounds stands in `household.identity.sounds`."""

from __future__ import annotations

from household.identity.sounds import sounds

__all__ = ["sounds"]

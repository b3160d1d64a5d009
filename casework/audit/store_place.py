"""Anchors in the casework store: another file, or another machine, than the log."""

from __future__ import annotations

import sqlalchemy as sa

from casework.audit.anchors import Anchor
from casework.rows import add_rows
from casework.store import CaseworkStore, Place, at, exists
from casework.tables.audit_anchor import AUDIT_ANCHOR


class StorePlace:
    """Anchors as rows of the casework store. Where there is no store yet, none is made for them."""

    name = "工作库"

    def __init__(self, place: Place) -> None:
        self._place = place

    def put(self, anchor: Anchor) -> None:
        """Add a row. Raises CaseworkError."""
        if not isinstance(self._place, CaseworkStore) and not exists(self._place):
            return
        row = {
            "seq": anchor.seq,
            "hash": anchor.hash,
            "anchored_at": anchor.at,
            "closes": anchor.closes,
        }
        add_rows(self._place, AUDIT_ANCHOR, [row])

    def anchors(self) -> list[Anchor]:
        """Every row, in the order of the entries' numbers. Raises CaseworkError."""
        columns = AUDIT_ANCHOR.c
        told = (columns.seq, columns.hash, columns.anchored_at, columns.closes)
        query = sa.select(*told).order_by(columns.seq, columns.anchor_id)
        with at(self._place) as store:
            if store is None:
                return []
            with store.reading() as connection:
                rows = connection.execute(query).all()
        return [Anchor(r.seq, r.hash, r.anchored_at, self.name, r.closes) for r in rows]

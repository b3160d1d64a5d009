"""Which key the secrets of this store are sealed with. The key itself lies in a file outside."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, table

SEALING = table(
    "sealing",
    sa.Column("key_id", TEXT, primary_key=True),
    sa.Column("since", TEXT, nullable=False),
)
"""One row at most; the id tells keys apart and nothing of them."""

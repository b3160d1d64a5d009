"""Which revisions of the store there are, known without Alembic, so that opening a store of today loads nothing of it."""

from __future__ import annotations

import sqlalchemy as sa

TABLE = "casework_revision"
"""Where the store keeps its own revision."""
REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""All of them, from the first to today's."""
HEAD = REVISIONS[-1]


def revision_of(connection: sa.Connection) -> str | None:
    """The revision of a store; None where none is noted: an empty one, or one from before there were revisions."""
    if not sa.inspect(connection).has_table(TABLE):
        return None
    noted = sa.table(TABLE, sa.column("version_num", sa.Text()))
    told: str | None = connection.execute(sa.select(noted.c.version_num)).scalar_one_or_none()
    return told

"""What Alembic runs around the steps: the caller's own connection, within the caller's transaction, all steps or none."""

from __future__ import annotations

from alembic import context

from casework.revisions import TABLE
from casework.tables.all_tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=TABLE,
    transactional_ddl=True,  # SQLite too: the transaction was begun by a statement of ours
)
context.run_migrations()

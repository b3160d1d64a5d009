"""One module a revision, in order: r0001 is the first. Alembic finds them here by `revision` and `down_revision`."""

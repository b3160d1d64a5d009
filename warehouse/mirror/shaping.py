"""The schemas, tables and views of the mirror: made where missing, brought up to what is declared, never bent. Rows are no matter here.

Views of unchanged shape are left alone: replacing one waits for its readers, and makes the next reader wait.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from household.schema.published import PUBLISHED
from warehouse.mirror import statements
from warehouse.mirror.errors import MirrorRefusedError
from warehouse.mirror.statements import CURRENT, INTERNAL, PUBLISH, fixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from household.schema.published import PublishedTable

VERSION = 1
"""Of the layout of the internal schema."""

Present = dict[tuple[str, str], list[tuple[str, str]]]


def shape_mirror(connection: psycopg.Connection) -> bool:
    """Make or bring up everything but indexes. Inside a transaction.

    Returns:
        Whether anything was made, so that `index_mirror` is wanted when the rows are in.

    Raises:
        MirrorRefusedError: objects of others bear our names, or the mirror is of a newer program or has other types.
        psycopg.Error: what the server says.

    """
    present = _present(connection)
    declared = _declared()
    if (INTERNAL, "mirror") in present:
        version, shape = connection.execute(fixed("mirror_row")).fetchone() or (0, "")
        if version > VERSION:
            raise _newer()
        if (version, shape) == (VERSION, declared):
            return False
    else:
        _refuse_strangers(present)
        for name in ("make_internal", "make_publish", "make_current", "mirror_table"):
            connection.execute(fixed(name))
    for table in PUBLISHED.values():
        _shape_table(connection, table, present.get((INTERNAL, table.name)))
    for table in PUBLISHED.values():
        _shape_views(connection, table, present)
    connection.execute(fixed("mirror_sign"), {"version": VERSION, "shape": declared})
    return True


def index_mirror(connection: psycopg.Connection) -> None:
    """Make missing indexes, and let the planner know the tables."""
    for table in PUBLISHED.values():
        for statement in statements.create_indexes(table):
            connection.execute(statement)
        connection.execute(statements.analyse(table))


def check_roles(connection: psycopg.Connection, roles: Sequence[str]) -> None:
    """Refuse a role that is not there. Raises MirrorRefusedError, psycopg.Error."""
    found = {r[0] for r in connection.execute(fixed("roles_present"), {"roles": list(roles)})}
    missing = [role for role in roles if role not in found]
    if missing:
        raise MirrorRefusedError(
            f"数据库中没有角色 {'、'.join(missing)}，未作任何改动", "请对方先建立该角色（CREATE ROLE）"
        )  # fmt: skip


def grant(connection: psycopg.Connection, roles: Sequence[str]) -> None:
    """Let roles read the views of `publish` and `current`, and nothing else."""
    for role in roles:
        for statement in statements.grants(list(PUBLISHED.values()), role):
            connection.execute(statement)


def _present(connection: psycopg.Connection) -> Present:
    found: Present = {}
    for schema, name, column, kind in connection.execute(fixed("columns_present")):
        found.setdefault((schema, name), []).append((column, kind))
    return found


def _declared() -> str:
    """A digest of everything that would be made today."""
    seal = hashlib.sha256()
    for table in PUBLISHED.values():
        views = (view for _, view in statements.create_views(table))
        made = (statements.create_table(table), *views, *statements.comments(table))
        for statement in (*made, *statements.create_indexes(table)):
            seal.update(statement.as_string().encode() + b"\0")
    return seal.hexdigest()


def _refuse_strangers(present: Present) -> None:
    strange = [f"{s}.{n}" for s, n in present if s in (PUBLISH, CURRENT) and n in PUBLISHED]
    if strange:
        raise MirrorRefusedError(
            f"数据库中已有同名对象 {'、'.join(strange[:3])}，不是本程序所建",
            "请对方改名或移走，或另给一个数据库",
        )


def _newer() -> MirrorRefusedError:
    return MirrorRefusedError("镜像由更新版本的程序建立", "请先升级本程序")


def _shape_table(
    connection: psycopg.Connection,
    table: PublishedTable,
    present: list[tuple[str, str]] | None,
) -> None:
    if present is None:
        connection.execute(statements.create_table(table))
        return
    declared = dict(statements.stored_columns(table))
    for name, kind in present:
        if name not in declared:
            raise _newer()
        if kind != declared[name]:
            raise MirrorRefusedError(
                f"镜像的表 {table.name} 的列 {name} 类型与本版本不同",
                "请对方删除模式 hedui_mirror、publish、current 后重新发布",
            )
    for name, kind in declared.items():
        if (name, kind) not in present:
            connection.execute(statements.add_column(table, name, kind))


def _shape_views(connection: psycopg.Connection, table: PublishedTable, present: Present) -> None:
    readers: dict[str, list[str]] = {}
    shown = statements.shown_columns(table)
    for schema, view in statements.create_views(table):
        stands = present.get((schema, table.name), [])
        if stands != shown[: len(stands)]:  # columns can only be added at the end
            which = {"schema": schema, "name": table.name}
            readers[schema] = [r[0] for r in connection.execute(fixed("readers_of_view"), which)]
            connection.execute(statements.drop_view(schema, table))
        connection.execute(view)
    for schema, roles in readers.items():
        for role in roles:
            connection.execute(statements.grant_view(schema, table, role))
    for comment in statements.comments(table):
        connection.execute(comment)

"""Where a casework store is: a file beside the warehouse, or a PostgreSQL database."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from household.errors import InputError

FILE = "casework.sqlite"
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a casework store is. The URL may hold a password and is kept out of the representation.

    Attributes:
        url: `sqlite:///…` or `postgresql+psycopg://…`. Use `address_of` or `file_address` to make one.

    """

    url: str = field(repr=False)

    @property
    def file(self) -> Path | None:
        """The SQLite file; None where it is a PostgreSQL database."""
        url = sa.make_url(self.url)
        return Path(url.database or "") if url.get_backend_name() == "sqlite" else None

    @property
    def name(self) -> str:
        """What an error or a report may call the store: no server, no path, no user."""
        return self.file.name if self.file is not None else "PostgreSQL"


def file_address(path: Path) -> Address:
    """The address of an SQLite file."""
    return Address(
        sa.URL.create("sqlite", database=str(path.absolute())).render_as_string(hide_password=False)
    )


def address_of(store_folder: Path, configured: str | None = None) -> Address:
    """Where the casework of a warehouse is kept.

    Args:
        store_folder: the folder of the warehouse's working store; the file lies there unless another place is set.
        configured: the setting HEDUI_CASEWORK, a `postgresql://` (or `sqlite:///`) URL; None: the file.

    Raises:
        InputError: it is no such URL. It is not quoted.

    """
    if configured is None:
        return file_address(store_folder / FILE)
    try:
        url = sa.make_url(configured)
    except sa.exc.ArgumentError:
        raise _unreadable() from None
    if url.drivername == "sqlite" and url.database:
        return file_address(Path(url.database))
    if url.drivername not in _POSTGRESQL or not url.database:
        raise _unreadable()
    told = url.set(drivername="postgresql+psycopg")
    return Address(told.render_as_string(hide_password=False))


def _unreadable() -> InputError:
    return InputError(
        "HEDUI_CASEWORK 不是可用的数据库地址",
        "请写成 postgresql://用户@主机:端口/库名，或取消该变量以使用结果库旁的文件",
    )

"""Where a casework store is: a file beside the warehouse, or a PostgreSQL database."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from household.errors import InputError

FILE = "casework.sqlite"
KEY_FILE = "casework.key"
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a casework store is. The URL may hold a password and is kept out of the representation.

    Attributes:
        url: `sqlite:///…` or `postgresql+psycopg://…`. Use `address_of` or `file_address` to make one.
        key_file: of the key that its secrets are sealed with; None: the one beside an SQLite file.

    """

    url: str = field(repr=False)
    key_file: Path | None = field(default=None, repr=False, compare=False)

    @property
    def file(self) -> Path | None:
        """The SQLite file; None where it is a PostgreSQL database."""
        url = sa.make_url(self.url)
        return Path(url.database or "") if url.get_backend_name() == "sqlite" else None

    @property
    def key_path(self) -> Path | None:
        """Where the key of its secrets is; None for a PostgreSQL database whose key's place was not told."""
        if self.key_file is not None or self.file is None:
            return self.key_file
        return self.file.with_name(KEY_FILE)

    @property
    def name(self) -> str:
        """What an error or a report may call the store: no server, no path, no user."""
        return self.file.name if self.file is not None else "PostgreSQL"


def file_address(path: Path, *, key_file: Path | None = None) -> Address:
    """The address of an SQLite file."""
    url = sa.URL.create("sqlite", database=str(path.absolute()))
    return Address(url.render_as_string(hide_password=False), key_file)


def address_of(
    store_folder: Path, configured: str | None = None, *, key_file: Path | None = None
) -> Address:
    """Where the casework of a warehouse is kept.

    Args:
        store_folder: the folder of the warehouse's working store; the file lies there unless another place is set.
        configured: the setting HEDUI_CASEWORK, a `postgresql://` (or `sqlite:///`) URL; None: the file.
        key_file: the setting HEDUI_CASEWORK_KEY; None: the key lies in the folder of the store, whichever database is used.

    Raises:
        InputError: it is no such URL. It is not quoted.

    """
    key = key_file or store_folder.absolute() / KEY_FILE
    if configured is None:
        return file_address(store_folder / FILE, key_file=key)
    try:
        url = sa.make_url(configured)
    except sa.exc.ArgumentError:
        raise _unreadable() from None
    if url.drivername == "sqlite" and url.database:
        return file_address(Path(url.database), key_file=key)
    if url.drivername not in _POSTGRESQL or not url.database:
        raise _unreadable()
    told = url.set(drivername="postgresql+psycopg")
    return Address(told.render_as_string(hide_password=False), key)


def _unreadable() -> InputError:
    return InputError(
        "HEDUI_CASEWORK 不是可用的数据库地址",
        "请写成 postgresql://用户@主机:端口/库名，或取消该变量以使用结果库旁的文件",
    )

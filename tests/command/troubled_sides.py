"""Departments on real servers that can be changed, spoiled and mended by tests of `hedui source`. No test stands here."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from servers.http_pages import CLIENT
from servers.http_pages import SECRET as HTTP_SECRET
from servers.s3 import ACCESS
from servers.sshd import PASSWORD as SFTP_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import psycopg
    import pymysql
    from servers.http_pages import Interface
    from servers.mariadb import MariadbServer
    from servers.postgresql import PostgresqlServer
    from servers.s3 import S3Server
    from servers.sshd import SftpServer

PASSWORD = "canary-of-the-databases"
NAME, NUMBER = "欧阳甲乙", "990101198003011014"
TITLES = ("号牌号码", "号牌种类", "所有人证件号码", "所有人", "车辆状态", "使用性质")
THEIRS = ("hphm", "hpzl", "cert_no", "syr", "zt", "syxz")
OURS = ("plate_no", "plate_type", "owner_id_no", "owner_name", "status", "use")
FIELDS = dict(zip(THEIRS, OURS, strict=True))
Row = tuple[str, ...]
CAR = ("小型汽车", NUMBER, NAME, "正常", "非营运")
OLD: list[Row] = [(f"990A{n}", *CAR) for n in range(7)]
NEW: list[Row] = [*OLD[1:], ("990B1", *CAR)]
DAY = "2026-05-08"
REQUIRED, OPTIONAL = 2, 5
"""Places of a column that the catalogue needs, and of one that it can do without."""


def csv(rows: Sequence[Row], titles: Sequence[str] = TITLES) -> bytes:
    return "".join(",".join(row) + "\n" for row in (titles, *rows)).encode()


class Side:
    """A department: what source.yaml says of it, and what it has. `name`: the source's folder."""

    name = ""
    region = "990101"
    secret = ""

    @property
    def file(self) -> str:
        """What its extract is called in the inbox, and at its side where it gives files."""
        return f"vehicle_{self.region}_20260508.csv"

    def transport(self) -> dict[str, Any]:
        raise NotImplementedError

    def dataset(self) -> dict[str, Any]:
        return {}

    def has(self, rows: Sequence[Row]) -> None:
        """Let the department have these rows from now on, in columns as agreed."""
        raise NotImplementedError

    def rename(self, place: int) -> None:
        """Let it call a column otherwise overnight, and bring NEW under that name."""
        raise NotImplementedError

    def renamed(self, place: int) -> dict[str, str]:
        """What an operator writes into `fields` for that."""
        raise NotImplementedError


@dataclass
class Sftp(Side):
    server: SftpServer
    name = "public_security-sftp"
    secret = SFTP_PASSWORD
    stamp: int = 1_700_000_000

    def transport(self) -> dict[str, Any]:
        login = {"user": "hedui", "password": {"env": "SFTP_PW"}, "host_key": self.server.host_key}
        return {"kind": "sftp", "host": "127.0.0.1", "port": self.server.port, **login}

    def put(self, content: bytes, ext: str = "csv") -> None:
        """A file that nobody is writing any more."""
        for old in self.server.root.iterdir():
            old.unlink()
        self.stamp += 60
        file = (self.server.root / self.file).with_suffix(f".{ext}")
        file.write_bytes(content)
        os.utime(file, (self.stamp, self.stamp))

    def has(self, rows: Sequence[Row]) -> None:
        self.put(csv(rows))

    def rename(self, place: int) -> None:
        self.put(csv(NEW, [*TITLES[:place], "车主新列", *TITLES[place + 1 :]]))

    def renamed(self, place: int) -> dict[str, str]:
        return {"车主新列": FIELDS[THEIRS[place]]}


@dataclass
class S3(Side):
    server: S3Server
    name = "public_security-s3"
    secret = ACCESS

    def transport(self) -> dict[str, Any]:
        keys = {"access_key": {"env": "S3_PW"}, "secret_key": {"env": "S3_SECRET"}}
        return {"kind": "s3", "endpoint": self.server.endpoint, "bucket": self.server.bucket, **keys}  # fmt: skip

    def has(self, rows: Sequence[Row]) -> None:
        self.server.put(self.file, csv(rows))


@dataclass
class Table(Side):
    """A view over a table; `run` is a statement at their side."""

    kind: str
    server: PostgresqlServer | MariadbServer
    owner: psycopg.Connection | pymysql.Connection
    secret = PASSWORD

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"public_security-{self.kind}"

    def transport(self) -> dict[str, Any]:
        login = {"database": "jg_db", "user": "reader", "password": {"env": "DB_PW"}}
        place = {"host": "127.0.0.1", "port": self.server.port}
        return {"kind": self.kind, **place, **login, "tls": {"ca": str(self.server.authority.pem)}}

    def dataset(self) -> dict[str, Any]:
        schema = "jg_db" if self.kind == "mysql" else "public"
        key = ["hphm", "hpzl"]
        return {"view": f"{schema}.v_vehicle", "key": key, "as_of": "jzr", "fields": FIELDS}

    def has(self, rows: Sequence[Row]) -> None:
        self._view(THEIRS)
        self._fill(rows)

    def rename(self, place: int) -> None:
        self._view([*THEIRS[:place], "new_name", *THEIRS[place + 1 :]])
        self._fill(NEW)

    def renamed(self, place: int) -> dict[str, str]:
        kept = {k: v for k, v in FIELDS.items() if k != THEIRS[place]}
        return kept | {"new_name": FIELDS[THEIRS[place]]}

    def _fill(self, rows: Sequence[Row]) -> None:
        with self.owner.cursor() as cursor:
            cursor.execute("DELETE FROM vehicle")
            cursor.executemany(
                f"INSERT INTO vehicle VALUES (%s, %s, %s, %s, %s, %s, '{DAY}')", list(rows)
            )

    def _view(self, names: Sequence[str]) -> None:
        said = ", ".join(f"c{n} AS {name}" for n, name in enumerate(names))
        with self.owner.cursor() as cursor:
            cursor.execute("DROP VIEW IF EXISTS v_vehicle")
            cursor.execute(f"CREATE VIEW v_vehicle AS SELECT {said}, jzr FROM vehicle")
            cursor.execute(f"GRANT SELECT ON v_vehicle TO reader{'@127.0.0.1' * (self.kind == 'mysql')}")  # fmt: skip


MAKE_TABLE = (
    "CREATE TABLE vehicle (c0 varchar(20) PRIMARY KEY, c1 varchar(20), c2 varchar(20),"
    " c3 varchar(20), c4 varchar(20), c5 varchar(20), jzr varchar(10))"
)


@dataclass
class Http(Side):
    interface: Interface
    ca: Path
    path: str = "pages"
    url: str = ""
    name = "public_security-http"
    secret = HTTP_SECRET

    def transport(self) -> dict[str, Any]:
        url = self.url or self.interface.url
        auth = {"kind": "oauth2", "token_url": f"{url}/token", "client_id": CLIENT}
        auth["client_secret"] = {"env": "HTTP_PW"}  # type: ignore[assignment]
        return {"kind": "http", "url": f"{url}/data", "auth": auth, "tls": {"ca": str(self.ca)}}

    def dataset(self) -> dict[str, Any]:
        turns = {
            "pages": {"parameter": "page"},
            "cursor": {"parameter": "after", "cursor": "meta.next"},
        }
        said = {"path": self.path, "rows": "data.items", "paging": turns[self.path]}
        return {**said, "total": "meta.total", "as_of": "meta.as_of", "fields": FIELDS}

    def has(self, rows: Sequence[Row], names: Sequence[str] = THEIRS) -> None:
        self.interface.forget()
        self.interface.wants, self.interface.as_of, self.interface.page_size = "oauth2", DAY, 3
        self.interface.rows = [
            json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in rows
        ]

    def rename(self, place: int) -> None:
        self.has(NEW, [*THEIRS[:place], "new_name", *THEIRS[place + 1 :]])

    renamed = Table.renamed


class Said(Side):
    """What somebody wrote into a source.yaml, whatever there is behind it."""

    def __init__(self, name: str, transport: dict[str, Any], dataset: dict[str, Any]) -> None:
        self.name = name
        self._transport, self._dataset = transport, dataset

    def transport(self) -> dict[str, Any]:
        return self._transport

    def dataset(self) -> dict[str, Any]:
        return self._dataset

"""The departments of the county example: each keeps its part of a synthetic county in its own form. No test stands here.

What their columns and codes are called is read from the example's own source.yaml, turned round.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

import polars as pl
import psycopg
from patching import EXAMPLES
from python_calamine import CalamineWorkbook

from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from pathlib import Path

    from servers.postgresql import PostgresqlServer

    from connectors.sources.declaration import DatasetSpec, Source

GUIDE = EXAMPLES.parent / "deploy-a-county.md"
LONG_AGO = 1_700_000_000
REGISTRY = """
CREATE SCHEMA registry;
CREATE TABLE registry.rights (
    bdcqzh text, bdcdyh text, qlrzjh text, qlrmc text, gybl numeric, fwyt text, jzmj numeric(12, 2), zl text, djsj date, qszt text,
    holder_kind text NOT NULL DEFAULT 'person', clerk text NOT NULL DEFAULT 'not asked for', PRIMARY KEY (bdcqzh, bdcdyh, qlrzjh));
CREATE TABLE registry.fund_accounts (
    id_no text, name text, account_no text PRIMARY KEY, employer_uscc text, employer text, base numeric(14, 2), balance numeric(14, 2),
    last_month text, status text);
INSERT INTO registry.rights (bdcqzh, bdcdyh, qlrzjh, qlrmc, holder_kind) VALUES ('ZH0', 'U0', '91990101MA00001234', 'firm', 'firm');
CREATE SCHEMA clock;
"""
"""What the registry keeps for itself. The views, the reader and its rights are those of the guide."""


def sent(inbox: Path, dataset: str, *, every: bool = False) -> pl.DataFrame:
    """Every row of a dataset's newest extract (of every extract, oldest first) as a county sent it: texts, columns by their catalogue names."""
    source, subject = dataset.split(".")
    forms = (".csv", ".parquet", ".xlsx")
    files = [f for f in (inbox / source).glob(f"{subject}_*") if f.suffix in forms]
    days = {file: re.findall(r"_(\d{8})", file.name)[0] for file in files}
    files = [f for f in files if every or days[f] == max(days.values())]
    named = {column.title_zh: column.name for column in DATASETS[dataset].columns}
    frames = [_read(file) for file in sorted(files, key=lambda f: (days[f], f.name))]
    texts = [f.with_columns(pl.all().cast(pl.String)) for f in frames]
    return pl.concat([f.rename(lambda title: named[title.strip()]) for f in texts])


def _read(file: Path) -> pl.DataFrame:
    if file.suffix == ".parquet":
        return pl.read_parquet(file)
    if file.suffix == ".xlsx":
        titles, *rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
        texts = [[str(cell) if cell != "" else None for cell in row] for row in rows]
        return pl.DataFrame(texts, schema=dict.fromkeys(titles, pl.String), orient="row")
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    title = text.splitlines()[0]
    separator = next(mark for mark in "\t|," if mark in title)
    return pl.read_csv(text.encode(), separator=separator, infer_schema=False)


def theirs(rows: pl.DataFrame, spec: DatasetSpec) -> pl.DataFrame:
    """Our rows as a department with this source.yaml keeps them: its columns, its codes, without what it does not have."""
    rows = rows.drop(spec.absent, strict=False)
    for column, codes in spec.codes.items():
        back = {ours: code for code, ours in codes.items()}
        rows = rows.with_columns(pl.col(column).replace_strict(back))
    return rows.rename({ours: title for title, ours in spec.fields.items()})


def hand_in(
    folder: Path, name: str, content: bytes, *, at: int = LONG_AGO, ready: str = ""
) -> Path:
    """Put a file into a department's folder, with the sign that it is whole where one is agreed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    os.utime(folder / name, (at, at))
    if ready:
        (folder / (name + ready)).touch()
    return folder / name


def fill_folder(folder: Path, inbox: Path, source: Source) -> None:
    """Copy a department's part of a county's inbox into its folder, as it is."""
    for subject, spec in source.datasets.items():
        for file in sorted((inbox / source.department).glob(f"{subject}_*")):
            manifest = file.name.endswith(".manifest.json")
            ready = "" if manifest else getattr(spec, "ready", None) or ""
            hand_in(folder, file.name, file.read_bytes(), ready=ready)


def own_form(rows: pl.DataFrame, spec: DatasetSpec) -> bytes:
    """A file as human resources write theirs."""
    assert spec.encoding == "gb18030"  # type: ignore[union-attr]
    return theirs(rows, spec).write_csv().encode("gb18030")


class Registry:
    """The registry's database: its own tables, and what the guide tells its administrator to make."""

    def __init__(self, server: PostgresqlServer, password: str) -> None:
        self._server = server
        with server.connect() as owner:
            owner.execute("CREATE DATABASE registry")
        with self.connect() as owner:
            owner.execute(REGISTRY)
            owner.execute(guide_block("postgresql"))
            owner.execute(f"ALTER ROLE hedui_reader PASSWORD '{password}'")
            # it tells the time of the test's day, as a registry that is alive on that day would
            owner.execute("ALTER ROLE hedui_reader SET search_path = clock, pg_catalog")
            owner.execute("GRANT USAGE ON SCHEMA clock TO hedui_reader")

    def connect(self) -> psycopg.Connection:
        return self._server.connect("registry")

    def set_clock(self, moment: str) -> None:
        with self.connect() as owner:
            owner.execute(
                "CREATE OR REPLACE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS "
                f"$$ SELECT timestamptz '{moment}' $$"
            )

    def fill(self, table: str, rows: pl.DataFrame) -> None:
        columns = psycopg.sql.SQL(", ").join(psycopg.sql.Identifier(c) for c in rows.columns)
        into = psycopg.sql.SQL("COPY {} ({}) FROM STDIN").format(
            psycopg.sql.Identifier("registry", table), columns
        )
        with self.connect() as owner, owner.cursor() as cursor, cursor.copy(into) as copy:
            for row in rows.iter_rows():
                copy.write_row(row)


def guide_block(language: str, guide: Path = GUIDE) -> str:
    """The one block of that language in a guide."""
    (block,) = re.findall(rf"```{language}\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    return str(block)


def carried_instead(inbox: Path, dataset: str, rows: pl.DataFrame, *, as_of: str) -> None:
    """The same rows as a file of the catalogue's form, in place of what an inbox has of the dataset for that day."""
    source, subject = dataset.split(".")
    for old in (inbox / source).glob(f"{subject}_990101_{as_of}*"):
        old.unlink()
    name = f"{subject}_990101_{as_of}.csv"
    (inbox / source / name).write_text(rows.write_csv(), encoding="utf-8")


def forget(inbox: Path, dataset: str) -> None:
    """Take a dataset out of an inbox."""
    source, subject = dataset.split(".")
    for file in (inbox / source).glob(f"{subject}_*"):
        file.unlink()


def carry_rest(inbox: Path, to: Path, *, pulled: set[str]) -> None:
    """By hand into the inbox: every department that is not configured as a source."""
    for department in sorted(p for p in inbox.iterdir() if p.is_dir() and p.name not in pulled):
        shutil.copytree(department, to / department.name)

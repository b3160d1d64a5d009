"""Moving from the file into PostgreSQL and back: every row with its number, all or none, and only into what is empty."""

from __future__ import annotations

import sqlite3
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from servers.postgresql import OWNER
from test_caselog_store import ROWS
from test_judgement_store import SAID, a_batch

from casework.copying import copy_store
from casework.errors import CaseworkError, RefusedError
from casework.judgements import add_batch, add_judgements, read_batches, read_judgements
from casework.logs import add_log_rows, read_casework
from casework.store import Address, address_of, open_store
from casework.tables.logs import CONSENT
from casework.upkeep import check_store
from household.linkage.judgements import log_digest

if TYPE_CHECKING:
    from servers.postgresql import PostgresqlServer


@pytest.fixture
def filled(tmp_path: Path) -> Address:
    address = address_of(tmp_path / "filled.store")
    add_judgements(address, [SAID, replace(SAID, answer="unsure")])
    add_batch(address, a_batch().reverse())
    for name, row in ROWS.items():
        add_log_rows(address, name, [row])
    return address


def test_everything_is_taken_over_and_numbers_go_on(filled: Address, place: Address) -> None:
    copied = copy_store(filled, place)
    assert copied["judgement"] == 2
    assert {name: copied[name] for name in ROWS} == dict.fromkeys(ROWS, 1)
    assert read_casework(place).digest() == read_casework(filled).digest()
    assert log_digest(read_judgements(place)) == log_digest(read_judgements(filled))
    assert read_batches(place).equals(read_batches(filled))
    add_judgements(place, [SAID])
    assert read_judgements(place)["judgement_id"].to_list() == [1, 2, 3]
    assert check_store(place).troubles == ()


def test_what_holds_rows_is_not_copied_into(filled: Address, place: Address) -> None:
    add_log_rows(place, "consent", [ROWS["consent"]])
    with pytest.raises(RefusedError, match="已有内容"):
        copy_store(filled, place)
    assert read_judgements(place).is_empty()


def test_nothing_to_copy_and_nowhere_to_copy_it_are_told(file: Address, filled: Address) -> None:
    with pytest.raises(CaseworkError, match="没有人工判定库"):
        copy_store(file, filled)
    with pytest.raises(RefusedError, match="同一个"):
        copy_store(filled, filled)


def test_a_backup_taken_while_somebody_writes_is_whole(filled: Address, tmp_path: Path) -> None:
    before = read_casework(filled).digest()
    copy = address_of(tmp_path / "copy.store")
    assert filled.file is not None
    assert copy.file is not None
    copy.file.parent.mkdir()
    with open_store(filled) as store, store.writing() as connection:
        connection.execute(sa.insert(CONSENT), [ROWS["consent"]])
        source, target = sqlite3.connect(filled.file), sqlite3.connect(copy.file)
        source.backup(target)
        source.close()
        target.close()
    assert read_casework(copy).digest() == before != read_casework(filled).digest()
    assert check_store(copy).troubles == ()


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_dump_restored_into_an_empty_database_is_the_same_store(
    postgresql: PostgresqlServer, place: Address, bare: Address, filled: Address
) -> None:
    program = Path("/usr/lib/postgresql/15/bin")
    copy_store(filled, place)
    of = ["-h", str(postgresql.folder), "-p", str(postgresql.port), "-U", OWNER]
    dump = [program / "pg_dump", *of, "--format=custom", str(sa.make_url(place.url).database)]
    taken = subprocess.run(dump, check=True, capture_output=True).stdout
    restore = [program / "pg_restore", *of, "-d", str(sa.make_url(bare.url).database)]
    subprocess.run(restore, check=True, input=taken)
    assert read_casework(bare).digest() == read_casework(filled).digest()
    assert check_store(bare).troubles == ()
    add_judgements(bare, [SAID])
    assert read_judgements(bare)["judgement_id"].to_list() == [1, 2, 3]

"""Servers that several modules of tests ask: started when the first of them does, once a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mysql_jg as mysql
import postgresql_jg as postgresql
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.mariadb import MariadbServer
    from servers.postgresql import PostgresqlServer


@pytest.fixture(scope="session")
def postgresql_jg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    with postgresql.department(tmp_path_factory.mktemp("ca")) as running:
        yield running


@pytest.fixture(scope="session")
def mysql_jg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariadbServer]:
    with mysql.department(tmp_path_factory.mktemp("ca")) as running:
        yield running

"""One typesetter, one key and the gathered reports of the served county, for all tests of reports."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.reading.papers import open_shelf
from service.reports.gathering import gather
from service.reports.making import Printing, Report, make_report
from service.reports.seal_keys import Ed25519Signer
from service.reports.typeset import Typesetter
from warehouse.current import reading

if TYPE_CHECKING:
    from served_counties import CountyFiles

    from service.reports.contents import Contents


@pytest.fixture(scope="session")
def typesetter() -> Typesetter:
    return Typesetter()


@pytest.fixture(scope="session")
def signer() -> Ed25519Signer:
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(b"only for tests of the seal, ok. "))


@pytest.fixture(scope="session")
def gathered(county: CountyFiles) -> dict[str, Contents]:
    """What the report of every application says."""
    with reading(county.warehouse) as tables:
        ids = sorted(set(tables.frame("household_verdict")["application_id"]))
        papers = open_shelf(tables, county.warehouse).papers_of(ids)
        alerts = tables.frame("alert")
        return {one: gather(tables, one, papers=papers[one], alerts=alerts) for one in ids}


@pytest.fixture(scope="session")
def printing() -> Printing:
    return Printing("示范核对员", date(2026, 5, 21))


@pytest.fixture(scope="session")
def report(
    gathered: dict[str, Contents],
    printing: Printing,
    typesetter: Typesetter,
    signer: Ed25519Signer,
) -> Report:
    """The report with the most evidence."""
    contents = max(gathered.values(), key=lambda c: len(c.cited) + len(c.holdings))
    return make_report(contents, printing, typesetter=typesetter, signer=signer)

"""A page looked at for one region or programme shows that part of the own area, and never more than it."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest

from service.access.actor import Scope
from service.access.roles import Role
from service.pages.quality.narrowing import narrowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient


@pytest.mark.parametrize(
    ("held", "asked", "told"),
    [
        (("*",), "990101", ("990101",)),
        (("990101",), "990101100", ("990101100",)),
        (("990101100", "990102"), "990101", ("990101100",)),
        (("990101100",), "990101101", ()),
        (("990101100",), "", ("990101100",)),
        ((), "990101", ()),
    ],
)
def test_a_region_narrows_and_never_widens(
    held: tuple[str, ...], asked: str, told: tuple[str, ...]
) -> None:
    assert narrowed(Scope(held), asked, "").regions == told


@pytest.mark.parametrize(
    ("held", "told"), [(("*",), ("tekun",)), (("tekun", "dibao"), ("tekun",)), (("dibao",), ())]
)
def test_a_programme_narrows_and_never_widens(held: tuple[str, ...], told: tuple[str, ...]) -> None:
    assert narrowed(Scope(("*",), held), "", "tekun").programmes == told


def test_the_address_of_a_narrowed_page_is_carried_on(client_of: Callable[..., TestClient]) -> None:
    steward = client_of(Role.DATA_STEWARD)
    own = client_of(Role.DATA_STEWARD, regions=("990101100",))
    query = "region=990101100"
    for path in ("/quality/verdicts", "/quality/runs", "/quality/linkage", "/quality/quarantine"):
        page = steward.get(f"{path}?{query}").text
        links = re.findall(r'href="([^"]*csv=\w+)"', page)
        assert links or "quarantine" in path, path
        for link in links:
            told = steward.get(link.replace("&amp;", "&"))
            name = re.findall(r"csv=\w+", link)[0]
            assert told.text == own.get(f"{path}?{name}").text, link
        assert f'href="/quality/alerts?{query}"' in page
    mix = steward.get(f"/quality/verdicts?{query}&programme=tekun&csv=mix").text
    rows = list(csv.DictReader(io.StringIO(mix.removeprefix("\ufeff"))))
    assert {row["救助类型"] for row in rows} <= {"特困人员救助供养"}
    assert steward.get("/quality/verdicts?region=99x").status_code == 422

"""What a household is read by is what a run published: of every table that speaks of applications, and of their people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.schema.published import PUBLISHED
from warehouse.current import reading
from warehouse.positions import RARE

if TYPE_CHECKING:
    from served_counties import CountyFiles


def test_every_application_has_the_rows_that_were_published(county: CountyFiles):
    with reading(county.warehouse) as tables:
        applications = tables.frame("roster_person")["application_id"].unique().to_list()
        for name, table in PUBLISHED.items():
            if "application_id" not in table.polars_schema():
                continue
            whole = tables.frame(name)
            assert name not in RARE or whole["application_id"].n_unique() > 1, name
            for application in applications:
                wanted = whole.filter(pl.col("application_id") == application).to_dicts()
                assert tables.rows(name, application_id=application) == wanted, name


def test_everybody_is_masked_as_published(county: CountyFiles):
    with reading(county.warehouse) as tables:
        columns = ["person_ref", "name_masked", "id_no_masked"]
        wanted = tables.frame("person").select(columns).to_dicts()
        asked = [row["person_ref"] for row in wanted]
        assert tables.people_masked([*asked, "P-nobody"]) == wanted
        assert tables.people_masked(reversed(asked[:3])) == wanted[2::-1]


def test_alerts_about_one_or_several_are_those_of_the_frame(county: CountyFiles):
    with reading(county.warehouse) as tables:
        counts = set()
        for ref in tables.frame("person")["person_ref"]:
            wanted = tables.alerts_about([ref]).to_dicts()
            assert tables.alert_rows_about([ref]) == wanted
            counts.add(len(wanted))
    assert {0, 1} < counts

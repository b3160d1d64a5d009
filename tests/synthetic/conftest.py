"""Two small counties for all tests of the generator, with noise and without."""

from __future__ import annotations

import pytest
from synthetic_counties import SmallCounty, make_county

from synthetic.rates import NoiseRates


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> SmallCounty:
    return make_county(tmp_path_factory.mktemp("county"), households=120, seed=7)


@pytest.fixture(scope="session")
def quiet_county(tmp_path_factory: pytest.TempPathFactory) -> SmallCounty:
    rates = NoiseRates().silent()
    return make_county(tmp_path_factory.mktemp("quiet"), households=60, seed=7, rates=rates)

"""For all tests: drawn examples are the same each time, and no machine is too slow or too busy for them."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# To search for new ones: pytest --hypothesis-profile=search
settings.register_profile(
    "same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", settings.get_profile("same"), derandomize=False)
settings.load_profile("same")

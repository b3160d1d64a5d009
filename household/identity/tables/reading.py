"""How the reviewed tables of names beside this module are read."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def read_table(name: str) -> Any:
    """What `<name>.yaml` beside this module holds. The answer is shared: read it, do not change it."""
    text = (
        resources.files(__package__ or __name__)
        .joinpath(f"{name}.yaml")
        .read_text(encoding="utf-8")
    )
    return yaml.safe_load(text)

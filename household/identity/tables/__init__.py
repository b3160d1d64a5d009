"""Reviewed tables of names, as data files, and how they are read. Each file says where it comes from."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def read_table(name: str) -> Any:
    """What `<name>.yaml` beside this module holds. The answer is shared: read it, do not change it."""
    text = resources.files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)

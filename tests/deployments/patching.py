"""An example deployment as it stands in the guides, its outside moved to this machine: nothing else of it may change."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES = Path(__file__).parents[2] / "docs" / "howto" / "deployments"
MOVABLE = ("path", "host", "port", "user", "endpoint", "url", "token_url", "host_key", "ca", "certificate")  # fmt: skip
"""What of a `transport` a test may move: where it is, how it proves to be itself, and the account (Debian's sshd lets in accounts of this
machine only). Secrets stay references; their values are elsewhere."""


def copy_example(name: str, to: Path) -> Path:
    """A copy of an example deployment, to be patched."""
    return Path(shutil.copytree(EXAMPLES / name, to))


def patch(file: Path, changes: Mapping[str, str]) -> None:
    """Replace texts of a copied yaml. A text that does not stand there exactly once, or that is not about where a transport is, fails.

    Args:
        file: below a copied deployment. changes: text to text, as they stand in the file.

    """
    before = after = file.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert after.count(old) == 1, f"{file.parent.name}: {old!r} stands there {after.count(old)} times"  # fmt: skip
        after = after.replace(old, new)
    assert _agreed(before) == _agreed(after), f"{file.parent.name}: more than the place was patched"
    file.write_text(after, encoding="utf-8")


def _agreed(text: str) -> dict[str, Any]:
    """The file without what may be moved."""
    said: dict[str, Any] = yaml.safe_load(text)
    if "transport" in said:
        said["transport"] = _without_places(said["transport"])
    return said


def _without_places(said: Any) -> Any:
    if not isinstance(said, dict):
        return said
    return {key: _without_places(value) for key, value in said.items() if key not in MOVABLE}

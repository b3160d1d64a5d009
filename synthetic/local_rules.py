"""The county's own rule pack: limits that no document known to us gives, so that alerts which need them can be tried.

Fictitious values, bound to the fictitious prefecture around the county.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic.benefits import MONTHLY_YUAN
from synthetic.recipient_wrongs import TOWNSHIP_LIMIT_FEN, YEARLY_CAP_FEN

if TYPE_CHECKING:
    from pathlib import Path

PREFECTURE = "9901"
_PACK = f"""# 虚构的地方参数，只用于虚拟县
packs:
  "{PREFECTURE}":
    title: 示范市(虚构)
    values:
      temp.township_limit: [{{value: {TOWNSHIP_LIMIT_FEN // 100}}}]
      temp.yearly_cap: [{{value: {YEARLY_CAP_FEN // 100}}}]
      child.de_facto_basic: [{{value: {MONTHLY_YUAN["de_facto_orphan"]}}}]
"""


def write_local_rules(folder: Path) -> Path:
    """Write the pack into `folder` and return it, as `hedui run --packs` takes it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{PREFECTURE}.yaml").write_text(_PACK, encoding="utf-8")
    return folder

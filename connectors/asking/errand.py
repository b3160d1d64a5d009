"""What a round works with: who asks whom, by which way, and where it is written down. Nothing is done here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from connectors.asking.carriers import Opener
    from connectors.asking.layouts.institution import Institution
    from connectors.outside import Outside
    from connectors.sources.declaration import Source
    from connectors.store import Store


@dataclass(frozen=True, slots=True)
class Errand:
    """An errand to the institutions of a source.

    Attributes:
        source: who is asked. institutions: by code. opener: connects to them. store: the working store, with the source's book and log.
        inbox: where receipts and records land. outside: clock, waiting, chance, and who asks.

    """

    source: Source
    institutions: Mapping[str, Institution]
    opener: Opener
    store: Store
    inbox: Path
    outside: Outside

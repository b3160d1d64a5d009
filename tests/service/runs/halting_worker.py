"""The process of a run that halts after its first step until the file named by GATE is there: what is looked at meanwhile is no race. No test stands here."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from service.runs import worker

if TYPE_CHECKING:
    from collections.abc import Mapping


class Halting(worker.Telling):
    """Tells of a step and waits."""

    def hear(self, step: str, about: str, counts: Mapping[str, int]) -> None:
        super().hear(step, about, counts)
        while not Path(os.environ["GATE"]).exists():
            time.sleep(0.01)


if __name__ == "__main__":
    worker.Telling = Halting  # type: ignore[misc]
    worker.main(sys.argv[1:])

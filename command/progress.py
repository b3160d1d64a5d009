"""Progress of a run on stderr: bars on a terminal, a line a stage elsewhere. Counts only."""

from __future__ import annotations

import sys
from collections import Counter
from time import perf_counter
from typing import TYPE_CHECKING, Self

from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from rich.progress import Progress as Bars
    from rich.progress import TaskID

STAGES: dict[str, tuple[str, int]] = {
    "raw": ("收件", len(DATASETS) + 1),
    "core": ("替代与门禁", len(DATASETS)),
    "link": ("身份", 1),
    "mart": ("核算与预警", 3),
    "publish": ("发布", 1),
}
"""Stage to its title and number of steps, in their order."""

WORDS = {
    "files": "个文件",
    "new": "个新到",
    "refused": "个拒收",
    "rows": "行",
    "quarantined": "行隔离",
    "gates": "个数据集",
    "shut": "个门禁未通过",
    "applications": "份申请",
    "persons": "人",
    "linked_rows": "行已关联",
    "reassessed": "份申请重新核算",
    "verdicts": "条建议",
    "alerts": "条预警",
    "checks": "项检查",
    "failed": "项未通过",
}


class Progress:
    """Hears of every step that is done, shows it, and keeps the time of each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._begun = self._last = perf_counter()
        self._done: Counter[str] = Counter()
        self._counts: dict[str, Counter[str]] = {stage: Counter() for stage in STAGES}
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        """Open the display."""
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
            from rich.progress import Progress as Bars

            columns = (
                TextColumn("{task.description}"),
                BarColumn(bar_width=12),
                MofNCompleteColumn(),
                TextColumn("{task.fields[said]}"),
            )
            self._bars = Bars(*columns, console=Console(stderr=True))
            for stage, (title, steps) in STAGES.items():
                self._tasks[stage] = self._bars.add_task(
                    title, total=steps, start=stage == "raw", said=""
                )
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the display."""
        self.seconds["total"] = round(perf_counter() - self._begun, 3)
        if self._bars is not None:
            self._bars.stop()

    def hear(self, stage: str, counts: Mapping[str, int]) -> None:
        """One step of a stage is done."""
        now = perf_counter()
        self.seconds[stage] = round(self.seconds.get(stage, 0.0) + now - self._last, 3)
        self._last = now
        self._done[stage] += 1
        self._counts[stage].update(counts)
        if self._bars is not None:
            task = self._tasks[stage]
            self._bars.start_task(task)
            said = f"{self._said(stage)} {self.seconds[stage]:.1f} 秒"
            self._bars.update(task, completed=self._done[stage], said=said)
        elif self._done[stage] == STAGES[stage][1]:
            line = f"{STAGES[stage][0]}：{self._said(stage)}".rstrip("：")
            print(f"{line}（{self.seconds[stage]:.1f} 秒）", file=sys.stderr, flush=True)

    def _said(self, stage: str) -> str:
        counts = self._counts[stage]
        return "，".join(f"{counts[n]} {word}" for n, word in WORDS.items() if counts[n])

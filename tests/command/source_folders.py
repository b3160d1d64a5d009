"""Deployments for tests of `hedui source`: a source.yaml for each department of an inbox, over a watched folder. No test stands here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """\
title: 测试来源
region: "990101"
agreement: {{no: 虚〔2026〕1号, purpose: 核对, valid_from: 2020-01-01}}
limits: {{attempts: 1}}
cadence: {{cron: "0 2 * * *", overdue_hours: 48}}
transport:
  kind: folder
  path: {path}
datasets:
{datasets}
"""


def write_source(folder: Path, name: str, path: Path, subjects: dict[str, str]) -> None:
    """One source.yaml over a folder; `subjects` by name, with what stands behind the colon."""
    (folder / name).mkdir(parents=True)
    datasets = "\n".join(f"  {subject}: {said}" for subject, said in subjects.items())
    (folder / name / "source.yaml").write_text(
        SOURCE.format(path=path, datasets=datasets), encoding="utf-8"
    )


def write_deployment(folder: Path, departments: Path) -> Path:
    """A source for every department's folder below `departments`, as an inbox holds them."""
    for department in sorted(p for p in departments.iterdir() if p.is_dir()):
        subjects = {
            d.subject: "{}"
            for d in DATASETS.values()
            if d.source == department.name and list(department.glob(f"{d.subject}_*"))
        }
        write_source(folder, department.name, department, subjects)
    return folder


def rest(folder: Path, *, at: int = 1_700_000_000) -> None:
    """Let every file look as old as files that nobody is writing any more."""
    for file in folder.rglob("*"):
        os.utime(file, (at, at))

"""The folder of a deployment to its sources: one folder a source, `source.yaml` in it. Read strictly; every mistake of all files is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connectors.sources.checks import deployment_mistakes, source_mistakes
from connectors.sources.declaration import DATASET_OF_KIND, Source
from connectors.sources.mistakes import Mistake, SourceMistakesError
from connectors.sources.strict_yaml import Read, read_model
from household.errors import InputError
from household.schema.datasets import SOURCE_TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "source.yaml"
INSTITUTIONS = "institutions"
"""Folder of the institutions of a source that is asked person by person; read by `connectors.asking`."""
_FOLDERS = (INSTITUTIONS, "sample")
_NAME = re.compile(r"[a-z][a-z_]*(-[a-z0-9_]+)?")


def read_sources(folder: Path) -> dict[str, Source]:
    """Every source of a deployment by its folder's name, sorted.

    Raises:
        InputError: the folder is not there. SourceMistakesError: the first mistake as one line, and all of them as `mistakes`.

    """
    sources, mistakes = examine_sources(folder)
    if mistakes:
        raise SourceMistakesError(mistakes)
    return sources


def read_source(folder: Path) -> Source:
    """The source of one folder. Raises as `read_sources` does."""
    if not folder.is_dir():
        raise InputError("没有这个来源的目录", f"请检查来源名称与部署目录（其中应有 {FILE}）")
    read, mistakes = _read(folder)
    if mistakes or read.model is None:
        raise SourceMistakesError(mistakes)
    return read.model


def examine_sources(folder: Path) -> tuple[dict[str, Source], tuple[Mistake, ...]]:
    """The sources that could be read, and every mistake in all of them.

    Raises:
        InputError: the folder is not there.

    """
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        entries = None
    if entries is None:
        raise InputError("来源目录不存在或无法读取", "请检查部署目录的路径与权限")
    reads: dict[str, Read[Source]] = {}
    mistakes: list[Mistake] = []
    for entry in entries:
        if entry.is_dir() and not entry.name.startswith("."):
            reads[entry.name], wrong = _read(entry)
            mistakes += wrong
        elif not _may_stand(entry):
            todo = "请移出部署目录；每个来源一个子目录"
            mistakes.append(Mistake(_shown(entry.name), 0, "", "不认识的文件", todo))
    sources = {name: read.model for name, read in reads.items() if read.model is not None}
    mistakes += [reads[name].mistake(*wrong) for name, wrong in deployment_mistakes(sources)]
    return sources, tuple(mistakes)


def _read(folder: Path) -> tuple[Read[Source], tuple[Mistake, ...]]:
    """One folder: what its file says, and every mistake in file and folder."""
    named = f"{_shown(folder.name)}/{FILE}"
    beside = tuple(_of_the_folder(folder))
    if not (folder / FILE).is_file():
        missing = Mistake(named, 0, "", f"没有 {FILE}", f"请在该目录写 {FILE}，或移走该目录")
        return Read(named, None, (missing,)), (*beside, missing)
    given = {"name": folder.name}
    read = read_model(folder / FILE, named, Source, given=given, by_kind=DATASET_OF_KIND)
    if read.model is None:
        return read, (*beside, *read.mistakes)
    wrong = [read.mistake(*one) for one in source_mistakes(read.model)]
    wrong += _about_institutions(read, folder)
    wrong.sort(key=lambda mistake: mistake.line)
    return read, (*beside, *wrong)


def _of_the_folder(folder: Path) -> Iterator[Mistake]:
    """The folder's own name, and files that do not belong there."""
    name = _shown(folder.name)
    if not _NAME.fullmatch(folder.name) or folder.name.split("-", 1)[0] not in SOURCE_TITLES:
        todo = f"应为 {'、'.join(SOURCE_TITLES)} 之一，同一部门有两个系统时加 -名称（housing-fund）"
        yield Mistake(name, 0, "", "目录名不是交换目录的来源", todo)
    for entry in sorted(folder.iterdir()):
        expected = entry.name == FILE or (entry.is_dir() and entry.name in _FOLDERS)
        if not expected and not _may_stand(entry):
            todo = f"这里只放 {FILE}、README、{'、'.join(_FOLDERS)}"
            yield Mistake(f"{name}/{_shown(entry.name)}", 0, "", "不认识的文件", todo)


def _about_institutions(read: Read[Source], folder: Path) -> Iterator[Mistake]:
    """Institutions and `inquiries` go together."""
    there = (folder / INSTITUTIONS).is_dir()
    asked = read.model is not None and read.model.inquiries is not None
    if asked and not there:
        what = f"写了 inquiries，而没有 {INSTITUTIONS} 目录"
        yield read.mistake(("inquiries",), what, f"请在 {INSTITUTIONS} 中每个机构写一个文件")
    if there and not asked:
        yield read.mistake((), f"有 {INSTITUTIONS} 目录，而没有写 inquiries", "请补上 inquiries")


def _may_stand(entry: Path) -> bool:
    """What nobody reads and everybody keeps: notes, and what tools hide."""
    return entry.name.startswith(".") or (entry.name.startswith("README") and entry.is_file())


def _shown(name: str) -> str:
    """A name that can stand in a line."""
    text = name.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)

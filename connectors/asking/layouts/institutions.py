"""The institutions of a source, read from `institutions/<code>.yaml`, and what the core has to know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.layouts.institution import ACCOUNT_OF, OF_REPLY, Institution
from connectors.sources.mistakes import Mistake, SourceMistakesError
from connectors.sources.reading import INSTITUTIONS
from connectors.sources.strict_yaml import Read, read_model
from household.inquiries.log import INSTITUTION_SCHEMA
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from connectors.sources.declaration import Source

CARRYING = ("folder", "sftp", "s3")
"""Transports that carry files both ways."""


def read_institutions(folder: Path, source: Source) -> dict[str, Institution]:
    """Read the institutions of a source.

    Args:
        folder: the source's folder (`housing/`). source: what its source.yaml says.

    Returns:
        By code, sorted; empty where the source is not asked person by person.

    Raises:
        SourceMistakesError: mistakes in the files, each with file, line and entry.

    """
    found: dict[str, Institution] = {}
    mistakes: list[Mistake] = []
    for path in sorted((folder / INSTITUTIONS).glob("*")):
        named = f"{source.name}/{INSTITUTIONS}/{path.name}"
        if path.suffix != ".yaml":
            mistakes.append(Mistake(named, 0, "", "这里只放机构的 .yaml", "请移走此文件"))
            continue
        read = read_model(path, named, Institution, given={"code": path.stem})
        mistakes += read.mistakes
        if read.model is not None:
            mistakes += _about_transport(read, read.model, source)
            mistakes += _against_catalogue(read, read.model, source)
            found[read.model.code] = read.model
    if not mistakes:
        mistakes += _of_source(source, found)
    if mistakes:
        raise SourceMistakesError(tuple(mistakes))
    return found


def institution_rows(
    sources: Mapping[str, Source], institutions: Mapping[str, Mapping[str, Institution]]
) -> pl.DataFrame:
    """Who is asked and the agreed times, for the core (INSTITUTION_SCHEMA). By source folder, then code."""
    rows = [
        {
            "source": name,
            "institution_code": one.code,
            "institution": one.name,
            "region": source.region,
            "answer_days": one.answer_days or source.inquiries.answer_days,
            "remind_days": source.inquiries.remind_days,
            "give_up_days": source.inquiries.give_up_days,
            "fresh_days": source.inquiries.fresh_days,
            "reasks": source.agreement.reasks,
        }
        for name, source in sorted(sources.items())
        if source.inquiries is not None
        for _, one in sorted(institutions.get(name, {}).items())
    ]
    return pl.DataFrame(rows, schema=INSTITUTION_SCHEMA)


def _of_source(source: Source, found: Mapping[str, Institution]) -> Iterator[Mistake]:
    """What source.yaml and the institutions say of each other."""
    named = f"{source.name}/source.yaml"
    if source.inquiries is None:
        if found:
            yield Mistake(named, 0, "inquiries", "有机构而没有写明查询时限", "请补写 inquiries")
        return
    if source.department not in ACCOUNT_OF:
        known = "、".join(ACCOUNT_OF)
        yield Mistake(named, 0, "inquiries", "此来源不能逐人查询", f"可逐人查询的来源：{known}")
        return
    if not found:
        yield Mistake(
            named, 0, "inquiries", "没有任何机构", f"请在 {INSTITUTIONS}/ 中每机构放一个 yaml"
        )
    subject = ACCOUNT_OF[source.department][0].partition(".")[2]
    for one in (subject, "receipt"):
        if one in source.datasets:
            yield Mistake(
                named, 0, f"datasets.{one}", "逐人查询的来源不再整批收取此数据", "请删去此项"
            )


def _about_transport(
    read: Read[Institution], institution: Institution, source: Source
) -> Iterator[Mistake]:
    """Files are carried, calls are made: a transport does one of the two."""
    kind = (institution.transport or source.transport).kind
    way = "call" if institution.call is not None else "request"
    fit = ("http",) if way == "call" else CARRYING
    if kind not in fit:
        at = ("transport", "kind") if institution.transport is not None else (way,)
        todo = f"请在此写明 kind 为 {'、'.join(fit)} 的 transport"
        yield read.mistake(at, f"{way} 不能经由 {kind}", todo)


def _against_catalogue(
    read: Read[Institution], institution: Institution, source: Source
) -> Iterator[Mistake]:
    """Targets and codes that the account dataset does not have, and required columns that nobody fills."""
    if source.department not in ACCOUNT_OF:
        return
    dataset, _ = ACCOUNT_OF[source.department]
    columns = {c.name: c for c in DATASETS[dataset].columns}
    ours = {"institution_code", "institution"}
    known = (*OF_REPLY, *(c for c in columns if c not in ours))
    for side in ("answer", "receipt"):
        answer = getattr(institution, side)
        for theirs, target in answer.fields.items() if answer else ():
            if target not in known:
                yield read.mistake(
                    (side, "fields", theirs), "映射到目录中没有的列", f"可用：{'、'.join(known)}"
                )
    told = set(institution.answer.fields.values())
    filled = ours | {"id_no", "name", "as_of"}
    missing = [c.title_zh for c in columns.values() if c.required and c.name not in told | filled]
    if missing:
        what = f"没有映射到必有的列 {'、'.join(missing)}"
        yield read.mistake(("answer", "fields"), what, "请在 fields 中补齐")

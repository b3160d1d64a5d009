"""Names of files at a department's side to what would be taken: patterns, the ready sign, the manifest beside. Shared by folder, SFTP and S3.

Only names, sizes and stamps are looked at here; nothing is opened but the manifest's bytes that a transport hands in.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from connectors.errors import SourceLied, SourceRefused
from connectors.intake.naming import EXTENSIONS, MANIFEST_SUFFIX, arrival_order
from connectors.outside import SHANGHAI
from connectors.transports.transport import Fetched, Mark, Offer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from connectors.sources.declaration import FileDataset

MANIFEST_MOST = 1 << 20
"""Bytes of a manifest beside a file; more is refused."""

_NEVER = r"/\\\x00-\x1f\ud800-\udfff"
"""Folders, control characters, and bytes that are no text: no part of a name that we take."""
_AHEAD = timedelta(hours=1)
_PLACES = {
    "region": r"(?P<region>[0-9]{12}|[0-9]{9}|[0-9]{6})",
    "as_of": r"(?P<as_of>[0-9]{8})",
    "part": rf"(?P<part>[^.{_NEVER}]+?)",
    "ext": rf"(?P<ext>(?i:{'|'.join(EXTENSIONS)}))",
    "any": rf"[^{_NEVER}]*?",
}
_LISTED = "、".join(f"{{{name}}}" for name in _PLACES)


@dataclass(frozen=True, slots=True)
class Listed:
    """One regular file as a listing shows it.

    Attributes:
        path: as the transport opens it, forward slashes; it is also the origin in the log.
        size: bytes. stamp: changes whenever the content may have changed: time of change in ns, or an ETag.
        changed: when it was last written, with a zone.

    """

    path: str
    size: int
    stamp: str
    changed: datetime


@dataclass(frozen=True, slots=True)
class Parts:
    """What a file's name says. `as_of` None: the pattern does not ask for it."""

    region: str
    as_of: date | None
    part: str
    ext: str


def match_name(spec: FileDataset, subject: str, name: str, region: str) -> Parts | None:
    """Read a file name by the dataset's pattern.

    Args:
        spec: the dataset. subject: its catalogue name, for the catalogue's own pattern. name: without folders.
        region: of the source, where the name says none.

    Returns:
        None where the name is not of this dataset.

    Raises:
        SourceLied: the name is of this dataset but names a day that does not exist.

    """
    if name.startswith(".") or name.endswith(MANIFEST_SUFFIX):
        return None
    found = _expression(spec.pattern, subject).fullmatch(name)
    if found is None:
        return None
    said = found.groupdict()
    suffix = (said.get("ext") or name.rpartition(".")[2]).lower()
    if suffix not in EXTENSIONS:  # `.dat`, `.del` and the like
        suffix = "txt" if spec.layout else "csv"
    return Parts(
        region=said.get("region") or spec.region or region,
        as_of=_day(said.get("as_of")),
        part=said.get("part") or "",
        ext=suffix,
    )


def offers_of(
    listing: Iterable[Listed],
    spec: FileDataset,
    subject: str,
    *,
    region: str,
    taken: Mapping[str, Mark],
    quiet_since: datetime | None = None,
) -> Iterator[Offer]:
    """What would be taken of a folder, oldest extract first.

    A file is passed over when its ready sign is missing, when it is empty of news (the mark is the one taken last), and when it was written
    after `quiet_since`: it may still grow. The mark is {size, stamp, manifest (stamp of the one beside it, or null)}.

    Args:
        listing: every regular file of the dataset's folder, manifests and ready signs included; no links.
        spec: the dataset. subject: its catalogue name. region: of the source. taken: by path, the mark taken last.
        quiet_since: None where the transport can tell otherwise that a file is whole.

    Raises:
        SourceLied: after all good ones were given: a name with a day that does not exist, or two files that would land under one name.

    """
    files = {f.path: f for f in listing}
    named: dict[tuple[date, str, str, str], list[tuple[Listed, Parts]]] = {}
    troubles: list[SourceLied] = []
    for path, file in files.items():
        try:
            parts = match_name(spec, subject, path.rpartition("/")[2], region)
        except SourceLied as error:
            troubles.append(error)
            continue
        if parts is None or (spec.ready is not None and path + spec.ready not in files):
            continue
        as_of = parts.as_of or file.changed.astimezone(SHANGHAI).date()
        named.setdefault((as_of, parts.region, parts.part, parts.ext), []).append((file, parts))
    for (as_of, where, part, ext), found in sorted(
        named.items(), key=lambda item: arrival_order(item[0][0], item[0][2], item[1][0][0].path)
    ):
        if len(found) > 1:
            troubles.append(_ambiguous(subject, where, as_of=as_of, count=len(found)))
            continue
        file, _ = found[0]
        beside = files.get(file.path + MANIFEST_SUFFIX)
        mark = {
            "size": file.size,
            "stamp": file.stamp,
            "manifest": beside.stamp if beside else None,
        }
        if _grows(file, quiet_since) or taken.get(file.path) == mark:
            continue
        yield Offer(subject, where, as_of, part, ext, file.path, mark, file.size)
    if troubles:
        raise troubles[0]


def fetched_of(offer: Offer, manifest: bytes | None, *, clock: datetime | None = None) -> Fetched:
    """What a file transport says of a file that it brought whole, with the manifest that lay beside it.

    Raises:
        SourceLied: the manifest is not a JSON object, or is larger than a manifest can be.

    """
    said = _said(manifest) if manifest is not None else {}
    rows, sha256 = said.get("rows"), said.get("sha256")
    return Fetched(
        as_of=offer.as_of,
        mark=offer.mark,
        said_rows=rows if isinstance(rows, int) and not isinstance(rows, bool) else None,
        said_sha256=sha256.strip().lower() if isinstance(sha256, str) and sha256.strip() else None,
        manifest=said,
        clock=clock,
    )


def remote_path(folder: str, name: str) -> str:
    """A file's path below a folder of theirs; the folder as source.yaml says it, without a slash at its end."""
    bare = folder.rstrip("/")
    return f"{bare}/{name}" if bare else f"/{name}" if folder.startswith("/") else name


def _grows(file: Listed, quiet_since: datetime | None) -> bool:
    """Whether a file was written just now. One that is dated far ahead was so by a wrong clock and says nothing."""
    return quiet_since is not None and quiet_since < file.changed < quiet_since + _AHEAD


def _expression(pattern: str | None, subject: str) -> re.Pattern[str]:
    """The pattern as an expression; a place may stand twice and then must say the same."""
    if pattern is None:
        name = rf"{re.escape(subject)}_{_PLACES['region']}_{_PLACES['as_of']}"
        return re.compile(rf"{name}(?:_{_PLACES['part']})?\.{_PLACES['ext']}")
    seen: set[str] = set()
    text = []
    for literal, place in re.findall(r"([^{]*)(?:\{([a-z_]+)\})?", pattern):
        text.append(re.escape(literal))
        if place in seen and place != "any":
            text.append(f"(?P={place})")
        elif place:
            if place not in _PLACES:
                raise SourceRefused(
                    f"pattern 中的 {{{place}}} 不认识", f"请改用 {_LISTED} 之一后再取数"
                )
            text.append(_PLACES[place])
            seen.add(place)
    return re.compile("".join(text))


def _day(digits: str | None) -> date | None:
    if digits is None:
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise SourceLied(
            f"来源文件名中的日期 {digits} 不存在", "请联系来源单位更正文件名"
        ) from None


def _ambiguous(subject: str, region: str, *, as_of: date, count: int) -> SourceLied:
    return SourceLied(
        f"有 {count} 个文件都对应 {subject} {region} {as_of}，无法确定以哪个为准，均未取",
        "请在 source.yaml 的 pattern 中以 {part} 区分，或请来源单位只保留一个",
    )


def _said(manifest: bytes) -> dict[str, Any]:
    todo = "请联系来源单位更正清单文件"
    if len(manifest) > MANIFEST_MOST:
        raise SourceLied("来源的清单文件过大", todo)
    try:
        said = json.loads(manifest.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise SourceLied("来源的清单文件不是有效的 UTF-8 JSON", todo) from None
    if not isinstance(said, dict):
        raise SourceLied("来源的清单文件不是一个 JSON 对象", todo)
    return said

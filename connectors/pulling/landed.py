"""What a pulled file is called in the inbox, and what the manifest beside it says: the sender's words, source.yaml's, and whence it came."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from connectors.errors import FileRefused, SourceLied
from connectors.intake.naming import FileName, parse_name
from connectors.sources.declaration import FileDataset, TableDataset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.outside import Outside
    from connectors.sources.declaration import DatasetSpec, Source
    from connectors.transports.transport import Fetched, Offer

THEIRS = (
    "period_from",
    "period_to",
    "rows",
    "sha256",
    "encoding",
    "layout",
    "institution",
    "produced_on",
)
"""What a source's own manifest may say. How columns and codes read is agreed in source.yaml and never taken from the other side."""

_WORDS = {"fields", "codes", "absent", "encoding", "layout", "only", "parameters"}
"""What of source.yaml says which rows come and how they are read."""


def landed_name(department: str, name: FileName) -> str:
    """The path below the inbox.

    Raises:
        SourceLied: the parts make no name that the intake reads back the same.

    """
    tail = f"_{name.part}" if name.part else ""
    file = f"{name.subject}_{name.region}_{name.as_of:%Y%m%d}{tail}.{name.ext}"
    try:
        same = parse_name(file) == name
    except FileRefused:
        same = False
    if not same or len(file.encode()) > 200:
        raise SourceLied("来源文件名中的分卷写法不能受理", "请来源单位改用字母、数字或汉字作分卷名")
    return f"{department}/{file}"


def landed_manifest(
    source: Source,
    spec: DatasetSpec,
    offer: Offer,
    fetched: Fetched,
    *,
    sha256: str,
    rows: int | None,
    outside: Outside,
) -> dict[str, object]:
    """The manifest to land with a file; JSON-able.

    Args:
        source, spec, offer, fetched: what was pulled, and how. sha256: of the bytes that came. rows: where the transport counted them.
        outside: who pulls, and when.

    """
    said = {key: fetched.manifest[key] for key in THEIRS if fetched.manifest.get(key) is not None}
    if rows is not None:
        said["rows"] = rows
    if isinstance(spec, FileDataset):
        if spec.encoding is not None:
            said.setdefault("encoding", spec.encoding)
        if spec.layout is not None:
            said.setdefault("layout", [s.model_dump() for s in spec.layout])
    return said | {
        "dataset": f"{source.department}.{offer.subject}",
        "region": offer.region,
        "as_of": fetched.as_of.isoformat(),
        "sha256": sha256,
        "fields": spec.fields,
        "codes": spec.codes,
        "absent": list(spec.absent),
        "provenance": {
            "source": source.name,
            "transport": source.transport.kind,
            "origin": offer.origin,
            **({"only": spec.only} if isinstance(spec, TableDataset) and spec.only else {}),
            "mark": dict(fetched.mark),
            "agreement": source.agreement.no,
            "by": outside.by,
            "at": outside.stamp,
        },
    }


def mapping_digest(spec: DatasetSpec) -> str:
    """A short name of what source.yaml says of a dataset's columns, codes and rows. When it changes, everything is read again."""
    said = spec.model_dump(mode="json", include=_WORDS)
    text = json.dumps(said, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_incremental(spec: DatasetSpec) -> bool:
    """Whether a read brings only what changed since the last one."""
    return any(getattr(spec, key, None) is not None for key in ("changed", "changed_parameter"))


def said_digest(manifest: Mapping[str, object]) -> str:
    """A short name of what a landed manifest says of its file; who pulled it, and when, is left out."""
    said = {k: v for k, v in manifest.items() if k != "provenance"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

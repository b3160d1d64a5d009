"""HTTP interfaces that give JSON in pages: what would be taken, and the taking of it into one Parquet file of texts.

A source that answers 304 to the ETag or time of its first page has nothing new. That is believed on the day of the last taking only; on a
later day everything is read again, so that a later extract stands for that day. (Where the answer itself says for which day it is true
and comes in one page, it is believed on any day: another reading could bring nothing but the same file.) An ETag of the first of several
pages says little of the others; a correction there comes in on the next day at the latest.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from connectors.errors import SourceLied, SourceUnreachable
from connectors.intake.titles import fold_title
from connectors.sources.declaration import PageDataset
from connectors.transports.http_client import HttpClient
from connectors.transports.http_json import TODO, rows_at
from connectors.transports.http_paging import (
    Changed,
    first_parameters,
    is_last,
    parameters_of,
    said_of,
    walk,
)
from connectors.transports.text_rows import TextRows
from connectors.transports.transport import Fetched, Offer, Probe
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from connectors.outside import Outside
    from connectors.sources.declaration import DatasetSpec, Source
    from connectors.transports.http_client import Answer
    from connectors.transports.transport import Caller, Mark
    from household.schema.column import Dataset

READINGS = 3
"""Data that changes while it is read is read so often from the start before that is an error."""


class HttpTransport:
    """A source with an HTTP interface (`Transport`), which can also be asked (`exchange`)."""

    def __init__(self, source: Source, outside: Outside, caller: Caller) -> None:
        self._source = source
        self._outside = outside
        self._client = HttpClient(source, outside, caller)
        self._ahead: dict[tuple[str, str | None], Answer] = {}

    def __enter__(self) -> HttpTransport:
        return self

    def __exit__(self, *_: object) -> None:
        self._ahead.clear()
        self._client.close()

    def probe(self) -> Probe:
        """Sign in and ask the url itself; any answer but a refusal of us will do."""
        return Probe(*self._client.knock())

    def offers(self, subject: str, spec: DatasetSpec, taken: Mapping[str, Mark]) -> Iterator[Offer]:
        """The whole of the dataset, or what changed since it was last taken; nothing where the source says nothing did.

        Raises:
            SourceUnreachable, SourceRefused, SourceLied: as `HttpClient`.

        """
        spec = _pages(spec)
        mark = taken.get(spec.path, {})
        if mark.get("asked") != _asked(spec):
            mark = {}  # never taken, or asked otherwise since
        since = mark.get("until") if spec.changed_parameter is not None else None
        since = since if isinstance(since, str) else None
        if self._nothing_new(spec, mark, since=since):
            return
        yield Offer(
            subject=subject,
            region=spec.region or self._source.region,
            as_of=self._outside.today,
            part="",
            ext="parquet",
            origin=spec.path,
            mark={"asked": _asked(spec)} | ({} if since is None else {"since": since}),
        )

    def fetch(self, offer: Offer, spec: DatasetSpec, target: Path) -> Fetched:
        """Read every page into `target`: Parquet, String columns named as sent, in the order of their first appearance.

        Raises:
            SourceUnreachable: no answer, or the data changed at each of READINGS readings.
            SourceRefused, SourceLied: as `HttpClient` and `http_paging.walk`; a column that source.yaml maps did not come; no rows, and
                nobody says that there are none. ConnectorError: the disk cannot be written.

        """
        spec = _pages(spec)
        for _ in range(READINGS):
            try:
                return self._read(offer, spec, target)
            except Changed:
                self._outside.sleep(self._source.limits.backoff_seconds)
        raise SourceUnreachable(
            f"接口 {spec.path} 的数据在读取过程中一直在变（读了 {READINGS} 遍）",
            "请避开对方更新数据的时间，或请对方按截止时点提供",
        )

    def exchange(
        self, path: str, payload: Mapping[str, object], *, idempotency_key: str
    ) -> dict[str, Any]:
        """POST a JSON object and give the answer's, numbers as texts. A try again bears the same Idempotency-Key.

        Args:
            path: below the source's url; it must say nothing of a person. idempotency_key: 1 to 128 visible ASCII characters.

        Raises:
            SourceLied: the answer is no JSON object. Others as `HttpClient`.

        """
        if not (
            0 < len(idempotency_key) <= 128
            and idempotency_key.isascii()
            and idempotency_key.isprintable()
        ):
            raise ValueError
        answer = self._client.post(path, payload, headers={"Idempotency-Key": idempotency_key})
        if not isinstance(answer.content, dict):
            raise SourceLied(f"接口 {path} 的回答不是一个 JSON 对象", TODO)
        return answer.content

    def _nothing_new(self, spec: PageDataset, mark: Mark, *, since: str | None) -> bool:
        """Ask for the first page where that may spare the rest. What came is kept for `fetch`."""
        unpaged_day = spec.as_of is not None and spec.paging is None
        believed = unpaged_day or mark.get("day") == self._outside.today.isoformat()
        conditions = _conditions(mark) if believed else {}
        if not conditions and since is None:
            return False
        answer = self._ask(spec, first_parameters(spec), since=since, conditions=conditions)
        if answer.status == 304:
            return True
        if since is not None and not rows_at(answer.content, spec.rows):
            said = said_of(answer.content, spec)
            if (
                is_last(answer.content, spec) and not said.total
            ):  # else `fetch` will say what is wrong
                return True
        self._ahead[(spec.path, since)] = answer
        return False

    def _ask(
        self,
        spec: PageDataset,
        step: Mapping[str, str],
        *,
        since: str | None,
        conditions: Mapping[str, str] | None = None,
    ) -> Answer:
        params = parameters_of(spec, self._source.limits, since=since)
        return self._client.get(spec.path, params={**params, **step}, headers=conditions or {})

    def _read(self, offer: Offer, spec: PageDataset, target: Path) -> Fetched:
        """One reading from the first page to the last."""
        since = offer.mark.get("since")
        since = since if isinstance(since, str) else None
        heads: list[Answer] = []
        left = self._source.limits.bytes_most
        clock: datetime | None = None

        def ask(step: Mapping[str, str]) -> Any:
            nonlocal left, clock
            ahead = self._ahead.pop((spec.path, since), None) if not heads else None
            answer = ahead or self._ask(spec, step, since=since)
            left -= answer.size
            if left < 0:
                raise SourceLied(
                    f"接口 {spec.path} 给出的数据超过约定的最多 {self._source.limits.bytes_most} 字节",
                    "请与对方核对；确有这么多时请调大 limits.bytes_most",
                )
            clock = answer.clock
            if not heads:
                heads.append(answer)
            return answer.content

        dataset = DATASETS[f"{self._source.department}.{offer.subject}"]
        known = _known(dataset, spec)
        page = None
        with TextRows(target) as rows:
            for page in walk(ask, spec, self._source.limits, known=known):
                rows.add(page.rows)
            assert page is not None  # there is a first page, or walk raises
            self._complete(rows, dataset, spec, since=since, total=page.said.total)
        mark = {"asked": _asked(spec), "day": self._outside.today.isoformat()}
        mark |= _validators(heads[0])
        if page.said.until is not None:
            mark["until"] = page.said.until
        return Fetched(
            as_of=page.said.as_of or offer.as_of,
            mark=mark,
            rows=rows.rows,
            said_rows=page.said.total,
            columns=tuple(rows.columns),
            clock=clock,
        )

    def _complete(
        self,
        rows: TextRows,
        dataset: Dataset,
        spec: PageDataset,
        *,
        since: str | None,
        total: int | None,
    ) -> None:
        """Hold the columns against what source.yaml maps. JSON may leave out what is empty everywhere: only then a column is added."""
        if not rows.rows:
            if since is None and total != 0:
                raise SourceLied(
                    f"接口 {spec.path} 没有给出任何一行，也没有写明总数为 0",
                    "确实没有数据时，请在 source.yaml 写明 total 所在；否则请与对方核对",
                )
            rows.need(_expected(dataset, spec))
            return
        came = {fold_title(name) for name in rows.columns}
        missing = [name for name in spec.fields if fold_title(name) not in came]
        needed = {c.name for c in dataset.columns if c.required}
        lost = [name for name in missing if since is None or spec.fields[name] in needed]
        if lost:
            listed = "、".join(f"“{name}”" for name in lost)
            raise SourceLied(
                f"接口 {spec.path} 没有送来约定的列 {listed}",
                "对方可能改了列名，请核对后改正 source.yaml 的 fields",
            )
        rows.need(missing)


def _pages(spec: DatasetSpec) -> PageDataset:
    if not isinstance(spec, PageDataset):
        raise TypeError
    return spec


def _asked(spec: PageDataset) -> str:
    """What is asked and how it is read, as a digest: parameters may be secrets. A change of it makes what is remembered worthless."""
    said = json.dumps(spec.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _conditions(mark: Mark) -> dict[str, str]:
    """Headers that make a source answer 304 where nothing is new (RFC 9110, 13.1)."""
    etag, modified = mark.get("etag"), mark.get("modified")
    if isinstance(etag, str):
        return {"If-None-Match": etag}
    return {"If-Modified-Since": modified} if isinstance(modified, str) else {}


def _validators(answer: Answer) -> dict[str, str]:
    """What the first page can be asked about again by."""
    said = {"etag": "ETag", "modified": "Last-Modified"}
    found = {name: answer.headers.get(header, "") for name, header in said.items()}
    return {n: v for n, v in found.items() if 0 < len(v) <= 200 and v.isascii() and v.isprintable()}


def _known(dataset: Dataset, spec: PageDataset) -> frozenset[str]:
    """Column names that may be told: the catalogue's and those of source.yaml."""
    names = {name for c in dataset.columns for name in (c.name, c.title_zh)}
    return frozenset(names | set(spec.fields))


def _expected(dataset: Dataset, spec: PageDataset) -> list[str]:
    """The columns of an answer without rows: the catalogue's, named as source.yaml maps them."""
    theirs = {ours: name for name, ours in spec.fields.items()}
    return [theirs.get(c.name, c.name) for c in dataset.columns if c.name not in spec.absent]

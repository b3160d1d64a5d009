"""What `institutions/<code>.yaml` may say: how one institution wants to be asked, and how it answers. Declared once; nothing is read here."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from connectors.sources.declaration import Slot, Strict, Text, TransportSpec
from connectors.sources.values import Below, Count, Flag  # noqa: TC001 - pydantic reads them

Format = Literal["csv", "txt", "fixed", "xlsx", "json"]
Unit = Literal["fen", "yuan", "wan_yuan"]
Told = Literal[
    "serial",
    "request_no",
    "name",
    "id_no",
    "id_type",
    "birth",
    "authorisation_no",
    "purpose",
    "programme",
    "agreement_no",
    "asked_on",
    "batch",
    "institution_code",
    "remark",
    "text",
]
"""What a column of a request may tell. `remark`: 催办 in a reminder, else empty. `text`: the same words in every row."""

REPLIED, STATE, COUNTED = "replied_on", "state", "rows"
OF_REPLY = ("request_no", STATE, REPLIED, COUNTED)
"""Targets of an answer's columns that are not columns of the account dataset."""

ACCOUNT_OF = {
    "banking": ("banking.account", "account_no"),
    "securities": ("securities.holding", "account_no"),
    "insurance": ("insurance.policy", "policy_no"),
}
"""By department: the dataset that its answers fill, and the column without which a row is no record."""

_ENCODINGS = {"utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "big5"}
_PLACES = re.compile(r"\{([a-z_]*)\}")


def places_of(template: str) -> tuple[str, ...]:
    """The names in braces of a template, in order."""
    return tuple(_PLACES.findall(template))


def _hold_places(template: str, known: tuple[str, ...]) -> str:
    for name in places_of(template):
        if name not in known:
            raise ValueError(f"不认识 {{{name}}}，可用：{'、'.join('{' + k + '}' for k in known)}")
    return template


def _encoding(name: str) -> str:
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        codec = ""
    if codec not in _ENCODINGS:
        raise ValueError("编码应为 UTF-8、GB18030、GBK、GB2312 或 Big5")
    return codec


class Layout(Strict):
    """What files to and from an institution have in common.

    `titles`: whether the first row names the columns (fixed width and JSON have none). `delimiter`: of csv and txt
    (`tab` is the tabulator); only csv knows quotes.
    `header`, `trailer`: a line before the titles and one after the last row, with {count} where the number of rows stands.
    """

    folder: Below = ""
    file: Text = "{batch}"
    format: Format
    encoding: str = "utf-8"
    delimiter: Text = ","
    titles: Flag = True
    header: Text | None = None
    trailer: Text | None = None

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        return _encoding(value)

    @field_validator("delimiter")
    @classmethod
    def _named(cls, value: str) -> str:
        return "\t" if value == "tab" else value

    @model_validator(mode="after")
    def _lines(self) -> Layout:
        if self.format in ("xlsx", "json") and (self.header or self.trailer):
            raise ValueError(f"{self.format} 没有 header 与 trailer")
        if self.format == "csv" and len(self.delimiter) != 1:
            raise ValueError("csv 的 delimiter 应为一个字符")
        return self


class Column(Strict):
    """One column of a request.

    `value`: what it tells; `text`: the words of `value: text`. `width`: bytes, fixed width only. `map`: our value to theirs, every value
    that occurs must stand there. `date`: how days are written.
    """

    title: Text
    value: Told
    text: str = ""
    width: Count | None = None
    map: dict[str, str] = Field(default_factory=dict)
    date: Text = "%Y%m%d"


class Request(Layout):
    """A file of requests. `file` holds {batch}, so that two batches never meet; {institution} and {asked_on} may stand there too."""

    columns: Annotated[tuple[Column, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _sound(self) -> Request:
        _hold_places(self.file, ("institution", "asked_on", "batch"))
        if "batch" not in places_of(self.file):
            raise ValueError("file 须含 {batch}，各批文件才不同名")
        for line in (self.header, self.trailer):
            _hold_places(line or "", ("institution", "asked_on", "batch", "count"))
        told = {c.value for c in self.columns}
        if "id_no" not in told or "name" not in told:
            raise ValueError("columns 须有 id_no 与 name")
        titles = [c.title for c in self.columns]
        if len(set(titles)) < len(titles):
            raise ValueError("columns 有同名的列")
        if self.format == "fixed" and any(c.width is None for c in self.columns):
            raise ValueError("定长格式的每一列须写明 width（字节）")
        return self


class Answer(Layout):
    """A file of answers or receipts.

    `file`: {batch} ties it to one batch, {date} (yyyymmdd) is the day of the answer, {key} pairs a receipt file with its details where
    there is no batch, {any} is anything. `columns`: their columns in order where there is no title row; `layout`: of fixed width.
    `rows`, `total`: places in JSON. `fields`: their column to ours: columns of the account dataset, request_no, state, replied_on, rows
    (how many records they say there are). `codes`: by our column, their value to ours; `state` must be closed. `dates`: how days are
    written, where not as the catalogue has them. `amounts`: by our column, their unit. `empty_account`: what a row without an account
    number means, where no column tells the state.
    """

    ready: Text | None = None
    columns: tuple[Text, ...] = ()
    layout: tuple[Slot, ...] = ()
    rows: str = ""
    total: str | None = None
    fields: Annotated[dict[str, str], Field(min_length=1)]
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)
    dates: Text | None = None
    amounts: dict[str, Unit] = Field(default_factory=dict)
    empty_account: Literal["none"] | None = None

    @model_validator(mode="after")
    def _sound(self) -> Answer:
        _hold_places(self.file, ("institution", "batch", "date", "key", "any"))
        for line in (self.header, self.trailer):
            _hold_places(line or "", ("count", "any", "batch", "date"))
        if self.format == "fixed" and not self.layout:
            raise ValueError("定长格式须写明 layout")
        if self.format in ("csv", "txt") and not self.titles and not self.columns:
            raise ValueError("没有列名行时须以 columns 写明各列次序")
        ours = list(self.fields.values())
        if len(set(ours)) < len(ours):
            raise ValueError("fields 中有两列映射到同一列")
        if STATE in ours and STATE not in self.codes:
            raise ValueError("state 须在 codes 中写明对方的每一个代码")
        for name in (*self.codes, *self.amounts):
            if name not in ours:
                raise ValueError(f"{name} 不在 fields 中")
        return self


class Call(Strict):
    """Being asked through an HTTP interface instead of files.

    `path`: below the transport's address. `per`: one call a person or one a batch. `columns`: of what is sent (one object a person, below
    `rows` when one call asks for a batch). `poll`: whether the same call is made again, under the same key, until it is answered. The
    institution's `answer` says how what comes back is read; where one call asks for one person, it need not repeat our request number.
    """

    path: Text
    per: Literal["person", "batch"] = "person"
    rows: Text = "requests"
    poll: Flag = False
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]


class Institution(Strict):
    """One institution. `batch`: persons in one file or call, at most. `answer_days`: working days, where not the source's.

    `transport`: where not the source's. `receipt`: where receipts come in files of their own; then `answer` holds the details only.
    `matched_by`: whether answers repeat our request number, or only number and name.
    """

    code: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,20}$")]
    name: Text
    answer_days: Count | None = None
    batch: Count = 10_000
    transport: TransportSpec | None = None
    request: Request | None = None
    call: Call | None = None
    answer: Answer
    receipt: Answer | None = None
    matched_by: Literal["request_no", "person"] = "request_no"

    @model_validator(mode="after")
    def _sound(self) -> Institution:
        if (self.request is None) == (self.call is None):
            raise ValueError("须且只须写明 request 与 call 之一")
        if self.call is not None and (self.receipt is not None or self.answer.format != "json"):
            raise ValueError("以 call 查询的机构，answer 须为 json 且没有 receipt")
        sides = [self.answer, *([self.receipt] if self.receipt else [])]
        by = {"request_no"} if self.matched_by == "request_no" else {"id_no", "name"}
        if self.call is not None and self.call.per == "person":
            by = set()
        for side in sides:
            if not by <= set(side.fields.values()):
                raise ValueError(f"按 {self.matched_by} 匹配，fields 须有 {'、'.join(sorted(by))}")
        telling = self.receipt or self.answer
        if STATE not in telling.fields.values() and telling.empty_account is None:
            raise ValueError("fields 须有 state，或写明 empty_account: none")
        if self.receipt is not None:
            self._paired(self.receipt)
        return self

    def _paired(self, receipt: Answer) -> None:
        if STATE not in receipt.fields.values():
            raise ValueError("receipt 的 fields 须有 state")
        pairs = [{"batch", "key"} & set(places_of(side.file)) for side in (self.answer, receipt)]
        if not pairs[0] or pairs[0] != pairs[1]:
            raise ValueError("回执与明细分两个文件时，两个 file 须含同样的 {batch} 或 {key}")

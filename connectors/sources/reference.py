"""The tables of every entry that a source.yaml may hold, made from the declarations; `asking.reference` makes the page of them."""

from __future__ import annotations

import types
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from connectors.sources import declaration as say
from connectors.sources import values
from connectors.sources.reference_words import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo

EXAMPLE = """\
title: 某县车管所
region: 990101
agreement: {no: 政数共享-2026-017, purpose: 社会救助家庭经济状况核对, valid_from: 2026-01-01, valid_to: 2026-12-31}
cadence: {cron: "0 2 * * *", overdue_hours: 36}
transport:
  kind: sftp
  host: files.example.cn
  user: hedui
  key: {file: /etc/hedui/secrets/vehicle_key}
  host_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3
datasets:
  vehicle:
    folder: /outgoing
    pattern: "CLXX_{as_of}_{part}.csv"
    ready: .ok
    encoding: gb18030
    fields: {车主: owner_name}
    codes: {status: {A: 正常, E: 注销}}
    absent: [value]"""
"""What a source over SFTP looks like; it stands in `public_security/source.yaml`."""

PREFACE = f"""# source.yaml

Generated from `connectors/sources` and `connectors/asking`; do not edit: `make docs` writes it.
由 `connectors/sources` 与 `connectors/asking` 的声明生成,请勿手工修改。

部署目录中每个来源一个子目录,以交换目录的来源命名(`housing`);同一部门有两个系统时加短横与名称(`housing-fund`)。子目录中只有
`source.yaml`、`README`、`institutions/`(逐人查询的机构)与 `sample/`。不认识的栏目、文件一律拒绝,并指出文件、行号与改法。

```yaml
{EXAMPLE}
```

`institutions/` 中的文件见[后半页](#institutions机构编号yaml)。栏目后的 **\\*** 表示必填。密码与密钥只写引用,不写其本身。YAML 的 `&`、`*`、`!` 用法不受理。"""

_KINDS: dict[Any, str] = {
    values.Region: "区划代码",
    str: "文本",
    date: "日期",
    int: "整数",
    float: "数字",
    bool: "true / false",
    Path: "绝对路径",
}


@dataclass(frozen=True)
class Page:
    """What is told of one kind of file.

    Attributes:
        sections: heading and declarations of each. titles: of declarations, with those of other pages that entries lead to.
        meanings: by declaration and entry. shared: declarations whose entries are told once, and not again where they are inherited.
        given: by declaration, entries that are not written in the file.

    """

    sections: tuple[tuple[str, tuple[type[BaseModel], ...]], ...]
    titles: Mapping[type[BaseModel], str]
    meanings: Mapping[str, Mapping[str, str]]
    shared: tuple[type[BaseModel], ...] = ()
    given: Mapping[type[BaseModel], frozenset[str]] = field(default_factory=dict)

    def entries(self, model: type[BaseModel]) -> dict[str, FieldInfo]:
        """The entries of a declaration in their order; those that are shared stand only with what shares them."""
        told = {k for base in model.__bases__ if base in self.shared for k in base.model_fields}
        left_out = told | self.given.get(model, frozenset())
        fields = {k: f for k, f in model.model_fields.items() if k not in left_out}
        return {k: fields[k] for k in sorted(fields, key=lambda key: key != "kind")}

    def lines(self) -> Iterator[str]:
        """The sections as Markdown."""
        for title, models in self.sections:
            yield f"\n## {title}"
            for model in models:
                yield f"\n### {self.titles[model]}\n"
                yield row("栏目", "写法", "默认", "含义")
                yield row("---", "---", "---", "---")
                for key, entry in self.entries(model).items():
                    mark = " **\\***" if entry.is_required() else ""
                    meaning = self.meanings[model.__name__][key]
                    yield row(f"`{key}`{mark}", _written(entry, self), _default(entry), meaning)


SOURCE_PAGE = Page(
    sections=(
        ("来源", (say.Source, say.Agreement, say.Cadence, say.Limits)),
        ("密钥与证书", (say.SecretRef, say.Tls)),
        (
            "连接 transport",
            (
                *(say.Folder, say.Sftp, say.ObjectStore, say.Postgresql, say.Mysql),
                *(say.Http, say.OAuth2, say.Hmac),
            ),
        ),
        (
            "数据集 datasets",
            (say.Mapped, say.FileDataset, say.Slot, say.TableDataset, say.PageDataset, say.Paging),
        ),
        ("逐人查询 inquiries", (say.Inquiries,)),
    ),
    titles={
        say.Source: "source.yaml",
        say.Agreement: "协议 agreement",
        say.Cadence: "周期 cadence",
        say.Limits: "上限 limits",
        say.SecretRef: "密钥的引用（三选一）",
        say.Tls: "证书 tls",
        say.Folder: "目录",
        say.Sftp: "SFTP",
        say.ObjectStore: "对象存储",
        say.Postgresql: "PostgreSQL",
        say.Mysql: "MySQL 与 MariaDB",
        say.Http: "HTTP 接口",
        say.OAuth2: "OAuth 2 认证",
        say.Hmac: "签名认证",
        say.Mapped: "各类数据集共有",
        say.FileDataset: "文件（folder、sftp、s3）",
        say.Slot: "定长文本的列 layout",
        say.TableDataset: "表与视图（postgresql、mysql）",
        say.PageDataset: "分页接口（http）",
        say.Paging: "翻页 paging",
        say.Inquiries: "期限",
    },
    meanings=MEANINGS,
    shared=(say.Mapped,),
    given={say.Source: frozenset({"name"})},
)
"""What source.yaml may say."""


def _written(entry: FieldInfo, page: Page) -> str:
    """How an entry is written: its kind, and its bounds."""
    bounds = [
        f"{sign} {bound}"
        for one in entry.metadata
        for sign, bound in (
            ("≥", getattr(one, "ge", None) if isinstance(one, Ge) else None),
            (">", getattr(one, "gt", None) if isinstance(one, Gt) else None),
            ("≤", getattr(one, "le", None) if isinstance(one, Le) else None),
        )
        if bound is not None
    ]
    return " ".join([_kind(entry.annotation, page), *bounds])


def _kind(place: Any, page: Page) -> str:
    """What is written there, in words."""
    if place in _KINDS:
        return _KINDS[place]
    origin, arguments = get_origin(place), get_args(place)
    if origin is Literal:
        return " / ".join(f"`{one}`" for one in arguments)
    if isinstance(place, type) and issubclass(place, BaseModel):
        return _link(place, page)
    arguments = arguments[:1] if origin is Annotated else arguments
    told = [_kind(one, page) for one in arguments if one not in (type(None), Ellipsis)]
    if origin in (Union, types.UnionType):
        return "；".join(dict.fromkeys(told))
    words = {Annotated: told[0], dict: f"文本: {told[-1]}", tuple: f"列表：{told[0]}"}
    return words[origin]


def _link(model: type[BaseModel], page: Page) -> str:
    """A link to where a declaration is told; its heading as Markdown makes an anchor of it."""
    anchor = "".join(
        "-" if c == " " else c for c in page.titles[model].lower() if c.isalnum() or c in " -_"
    )
    return f"[{page.titles[model]}](#{anchor})"


def _default(entry: FieldInfo) -> str:
    value = entry.get_default(call_default_factory=True)
    if entry.is_required() or value is PydanticUndefined or value is None:
        return ""
    if isinstance(value, BaseModel):
        return "各项默认"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"
    return f"`{value}`" if value else ""


def row(*cells: str) -> str:
    """One row of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

"""The page of every entry that the files of a deployment may hold: source.yaml, and the institutions of a source that is asked.

Made from the declarations; `docs/source-yaml.md` holds its result, and a test keeps them equal.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from connectors.asking.layouts import institution as say
from connectors.asking.layouts.reference_words import MEANINGS, TARGETS, TOLD
from connectors.sources.reference import PREFACE, SOURCE_PAGE, Page, row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EXAMPLE = """\
name: 某县农村商业银行
batch: 500
request:
  folder: out
  file: "HD_{institution}_{batch}.csv"
  format: csv
  encoding: GB18030
  columns:
    - {title: 查询编号, value: request_no}
    - {title: 证件类型, value: id_type, map: {居民身份证: "01"}}
    - {title: 证件号码, value: id_no}
    - {title: 客户名称, value: name}
    - {title: 授权书, value: authorisation_no}
answer:
  folder: in
  file: "HF_{institution}_{batch}_{date}.csv"
  format: csv
  encoding: GB18030
  trailer: "合计,{count}"
  fields: {查询编号: request_no, 结果: state, 账号: account_no, 品种: product, 余额分: balance, 截止日: as_of}
  codes:
    state: {"0": found, "1": none, "2": identity_mismatch, "9": no_answer}
    product: {S: 活期, T: 定期}
  amounts: {balance: fen}"""
"""What a bank that exchanges files looks like; it stands in `banking/institutions/B001.yaml`."""

PREFACE_OF_INSTITUTIONS = f"""
# institutions/机构编号.yaml

逐人查询的来源,每个机构一个文件,文件名即机构编号(字母与数字)。没有回音不等于没有:送出而未答复的,一律按未答复计。

```yaml
{EXAMPLE}
```"""

INSTITUTION_PAGE = Page(
    sections=(
        ("机构", (say.Institution, say.Call)),
        ("往来的文件", (say.Layout, say.Request, say.Column, say.Answer)),
    ),
    titles={
        **SOURCE_PAGE.titles,
        say.Institution: "机构的文件",
        say.Call: "接口 call",
        say.Layout: "查询、答复、回执共有",
        say.Request: "查询文件 request",
        say.Column: "查询的列 columns",
        say.Answer: "答复 answer 与回执 receipt",
    },
    meanings=MEANINGS,
    shared=(say.Layout,),
    given={say.Institution: frozenset({"code"})},
)
"""What institutions/<code>.yaml may say."""


def reference_markdown() -> str:
    """The whole page as Markdown, ending in a newline."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield PREFACE
    yield from SOURCE_PAGE.lines()
    yield PREFACE_OF_INSTITUTIONS
    yield from INSTITUTION_PAGE.lines()
    yield from _listed("查询的列写什么 value", TOLD)
    yield from _listed("答复的列是什么 fields", TARGETS)


def _listed(title: str, words: Mapping[str, str]) -> Iterator[str]:
    yield f"\n### {title}\n"
    yield row("取值", "含义")
    yield row("---", "---")
    for name, meaning in words.items():
        yield row(f"`{name}`" if name.isascii() else name, meaning)


if __name__ == "__main__":
    import sys

    Path(sys.argv[1]).write_text(reference_markdown(), encoding="utf-8")

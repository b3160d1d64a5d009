"""Great Expectations' pages made fit to be read offline: no script, no outside host, no clock, no chance identifier; and an index.

Its own pages ask seven hosts for sixteen files, stamp the logo's address with the time of the build, and list the suites by script.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from quality.checks import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quality.gate import GateResult

STYLESHEET = "data_docs.css"
TURNAROUND = "turnaround.html"
"""Page of the institutions' turnaround, beside the index."""

_REMOVED = tuple(
    re.compile(pattern, re.DOTALL | re.IGNORECASE)
    for pattern in (
        r"<script\b.*?</script>",
        r"<style\b.*?</style>",
        r"<link\b[^>]*>",
        r"<footer\b.*?</footer>",
        r"<img\b[^>]*>",
        r"<title>\s*</title>",
        (
            r'<div class="card mb-3">\s*<div class="card-header p-2">\s*<strong>Actions</strong>.*?'
            r"(?=<div class=\"card d-md-block)"
        ),  # its buttons need the scripts
        r'<p class="m-0">\s*<a data-toggle="collapse".*?</p>',
        r'<ol class="ge-breadcrumbs.*?</ol>',
        r'\s(?:style|data-[a-z-]+|aria-[a-z]+)="[^"]*"',
    )
)
_UUID = re.compile(r"-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HOME = re.compile(r'href="(?:\.\./)+index\.html"')
_SUITE_LINK = re.compile(r'<a href="[^"]*expectations/[^"]*"\s*>(.*?)</a>', re.DOTALL)
_HEADING = re.compile(r'(<h5 class="m-0"\s*>\s*)([a-z_]+(?:\.[a-z_]+)?)(\s*</h5>)')
_BLANK_LINES = re.compile(r"\n\s*\n+")

_PHRASES = {
    "Data documentation compiled by Great Expectations": "数据质量校验",
    "Expectation Validation Result": "数据质量校验结果",
    "Evaluates whether a batch of data matches expectations.": "门禁对本数据集的每项要求及实测结果",
    "Table of Contents": "目录",
    "Overview": "概览",
    "Expectation Suite:": "数据集:",
    "Data asset:": "名称:",
    "Status:": "结论:",
    "Statistics": "统计",
    "Evaluated Expectations": "已核对项",
    "Successful Expectations": "通过项",
    "Unsuccessful Expectations": "未通过项",
    "Success Percent": "通过率",
    "Observed Value": "实测",
    "Great Expectations Version": "Great Expectations 版本",
    "Run Name": "运行日",
    "Run Time": "核对日",
    "maximum value must be less than or equal to": "不大于",
    "maximum value must be greater than or equal to": "不小于",
}
_CELLS = {"Status": "结论", "Expectation": "要求", "Info": "说明"}


def offline_page(page: str, *, titles: dict[str, str]) -> str:
    """A page of a validation result without anything that reaches outside or differs from build to build.

    Args:
        page: HTML as Great Expectations rendered it.
        titles: Chinese title by check_id, added to the headings.

    """
    for pattern in _REMOVED:
        page = pattern.sub("", page)
    page = _SUITE_LINK.sub(r"\1", _UUID.sub("", page))
    page = _HOME.sub('href="index.html"', page)
    page = re.sub(
        r'(<a href="index\.html">)\s*(</a>)', r"\1← 全部数据集\2", page, count=1, flags=re.DOTALL
    )
    page = _HEADING.sub(
        lambda m: f"{m[1]}{html.escape(titles.get(m[2], ''))} {m[2]}{m[3]}".replace("  ", " "),
        page,
    )
    for english, chinese in _PHRASES.items():
        page = page.replace(english, chinese)
    for english, chinese in _CELLS.items():
        page = re.sub(rf"(>\s*){english}(\s*<)", rf"\g<1>{chinese}\g<2>", page)
    page = page.replace("</head>", f'<link rel="stylesheet" href="{STYLESHEET}">\n</head>', 1)
    page = page.replace("<html>", '<html lang="zh-CN">', 1)
    return _BLANK_LINES.sub("\n", page)


def index_page(
    gates: Iterable[GateResult], *, titles: dict[str, str], as_of: str, has_turnaround: bool = False
) -> str:
    """The first page: each dataset's gate, how many checks passed, failed or could not be measured, and which failed.

    `has_turnaround`: whether TURNAROUND lies beside it and is linked.
    """
    rows = "\n".join(_row(gate, titles.get(gate.dataset, "")) for gate in gates)
    asked = (
        f'<p><a href="{TURNAROUND}">机构答复时效</a>:逐人查询的各机构答复了多少、用了几天。</p>\n'
    )
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<title>数据质量校验 {as_of}</title>
<link rel="stylesheet" href="{STYLESHEET}">
</head>
<body>
<h1>数据质量校验 · {as_of}</h1>
<p>门禁关闭的数据集在本次运行中按未送达处理;警示项不影响运行。</p>
{asked if has_turnaround else ""}<table>
<thead><tr><th>数据集</th><th>名称</th><th>门禁</th><th class="number">通过</th>
<th class="number">未通过</th><th class="number">无从比较</th><th>未通过的要求</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def _row(gate: GateResult, title: str) -> str:
    name = html.escape(gate.dataset)
    linked = f'<a href="{name}.html">{name}</a>' if gate.validation is not None else name
    state = (
        '<span class="text-success">开</span>'
        if gate.open
        else '<span class="text-danger">关</span>'
    )
    failed = [r for r in gate.results if r.passed is False]
    passed = sum(r.passed is True for r in gate.results)
    unmeasured = sum(r.passed is None for r in gate.results)
    listed = "<br>".join(
        f'<span class="{"text-danger" if r.severity == str(Severity.BLOCKING) else "text-warning"}">'
        f"{html.escape(r.title_zh or r.check_id)}</span>: {html.escape(r.observed)}"
        for r in failed
    )
    return (
        f"<tr><td>{linked}</td><td>{html.escape(title)}</td><td>{state}</td>"
        f'<td class="number">{passed}</td><td class="number">{len(failed)}</td>'
        f'<td class="number">{unmeasured}</td><td>{listed}</td></tr>'
    )

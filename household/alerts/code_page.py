"""The list of alert codes, written from the declarations: `docs/alert-codes.md` holds the result, and a test keeps the two equal."""

from __future__ import annotations

from household.alerts.basis import BASIS
from household.alerts.codes import CODES

_PREFACE = """# 预警代码 Alert codes

Generated from `household/alerts/codes.py` and `basis.py`; do not edit: `make docs` writes it. What the codes rest on, who is looked at
and what becomes of an alert: [alerts](alerts.md).

**B** 先查清再发放 settle it before anything is paid · **R** 核实 a person looks · **I** 提示 worth knowing."""


def code_page() -> str:
    """The page as Markdown, ending in a newline."""
    lines = [
        _PREFACE,
        "",
        "| 代码 | 级别 | 对象 | 名称 | 发现 | 如何查清 | 依据 |",
        "|---|---|---|---|---|---|---|",
    ]
    lines.extend(
        f"| {kind.code} | {kind.severity} | {kind.subject_kind} | {kind.title_zh} | {kind.text_zh} | {kind.settles_it} | {BASIS[kind.code]} |"
        for kind in CODES.values()
    )
    return "\n".join([*lines, ""])

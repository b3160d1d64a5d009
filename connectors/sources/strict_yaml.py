"""One YAML file into one declared model, strictly: every mistake with its line, no value repeated, nothing bent. Knows no source.

YAML without its traps: no anchors, aliases, tags or directives, no deep nesting, no repeated keys; every scalar is the text as written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from connectors.sources.complaints import complaint
from connectors.sources.mistakes import Mistake, shown
from household.rules.marked import NotReadError, Page, Part, absent, text_of, walk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

M = TypeVar("M", bound=BaseModel)
Loc = Sequence[str | int]

BYTES_MOST = 128 * 1024
DEPTH_MOST = 20
_DEEPER = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_BACK = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
_WHY = {
    "mapping values are not allowed here": "冒号用法有误，值中有冒号时须加引号",
    "could not find expected ':'": "缺少冒号或缩进有误",
    "expected a single document in the stream": "一个文件只能有一份内容",
    "found character '\\t' that cannot start any token": "不能用制表符缩进",
}


@dataclass(frozen=True, slots=True)
class Read(Generic[M]):
    """What came of one file: its model, or its mistakes in the order of their lines.

    `mistake` finds the line of an entry by its path; it also serves checks that look at a sound model.
    """

    file: str
    model: M | None
    mistakes: tuple[Mistake, ...]
    root: Part | None = None

    def mistake(self, loc: Loc, what: str, todo: str) -> Mistake:
        """A mistake at an entry of this file."""
        line, key = _placed(self.root, loc) if self.root is not None else (0, "")
        return Mistake(self.file, line, key, what, todo)


def read_model(
    file: Path,
    named: str,
    model: type[M],
    *,
    given: Mapping[str, object] | None = None,
    by_kind: Mapping[str, type[BaseModel]] | None = None,
) -> Read[M]:
    """Read one file.

    Args:
        file: the file. named: how mistakes name it. model: what it may say.
        given: entries that are known otherwise and may not stand in the file.
        by_kind: by the transport's kind, the model that stands where several could; for what mistakes say may be written there.

    Returns:
        The model, or every mistake. Nothing is raised for what the file holds.

    """
    given = given or {}
    try:
        page = _page(file)
        walk(page.root)  # repeated keys may stand where nobody looks
        said = _plain(page.root)
    except NotReadError as error:
        return Read(named, None, (Mistake(named, error.line, "", error.why, "请更正该处"),))
    wrong = [Mistake(named, n, "", "栏目重复出现", "请只保留一个") for n, _ in page.twice]
    if not isinstance(said, dict):
        what = "文件是空的" if said is None else "顶层应为“栏目: 内容”"
        return Read(named, None, (Mistake(named, 1, "", what),), page.root)
    read: Read[M] = Read(named, None, (), page.root)
    wrong += [
        read.mistake((key,), "这里不写此栏目，它由目录名或文件名给出", "请删去这一行")
        for key in given
        if key in said
    ]
    made, kind = None, _kind(said)
    among = (by_kind or {}).get(kind)
    try:
        made = model.model_validate({**said, **given}, context={"kind": kind})
    except ValidationError as error:
        for one in error.errors(include_url=False):
            wrong.append(read.mistake(*complaint(one, model, among, frozenset(given))))
    wrong.sort(key=lambda mistake: mistake.line)
    return Read(named, None if wrong else made, tuple(dict.fromkeys(wrong)), page.root)


def _placed(root: Part, loc: Loc) -> tuple[int, str]:
    """The line of an entry, or of what it would stand in, and its path with dots. A kind's name is a step that no file has."""
    at, path = root, ""
    for number, step in enumerate(loc, start=1):
        items, parts = at.page.items(at), at.page.parts(at)
        if isinstance(step, int):
            at = items[step] if items is not None and step < len(items) else at
            path += f"[{step + 1}]"
            continue
        below = next((part for part in parts or () if part.key == step), None)
        at = below or at
        if below is not None or number == len(loc):
            path += f".{shown(step)}"
    return at.line, path.removeprefix(".")


def _page(file: Path) -> Page:
    """The file as nodes. Raises NotReadError with a text of ours: the parser's own may quote the file."""
    try:
        data = file.read_bytes()
    except OSError:
        data = None
    if data is None:
        raise NotReadError(0, "文件无法打开")
    if len(data) > BYTES_MOST:
        raise NotReadError(0, f"文件过大（超过 {BYTES_MOST // 1024} KiB）")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text, line = None, data.count(b"\n", 0, error.start) + 1
    if text is None:
        raise NotReadError(line, "不是 UTF-8 编码")
    try:
        _refuse_traps(text)
        return Page(text)
    except NotReadError as error:
        line, why = error.line, error.why
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, why = mark.line + 1 if mark else 1, str(getattr(error, "problem", ""))
    except (ValueError, OverflowError, RecursionError):
        line, why = 1, ""
    ours = (
        why
        if why in _TRAPS.values()
        else f"不是有效的 YAML（{_WHY.get(why, '结构、缩进或字符有误')}）"
    )
    raise NotReadError(line, ours)


_TRAPS: dict[type[yaml.Token], str] = {
    yaml.AliasToken: "不能用 * 引用；值以 * 开头时须加引号",
    yaml.AnchorToken: "不能用 & 引用；值以 & 开头时须加引号",
    yaml.TagToken: "不能用 ! 标签；值以 ! 开头时须加引号",
    yaml.DirectiveToken: "不能用 % 指令",
    yaml.Token: f"层次过深（超过 {DEPTH_MOST} 层）",
}


def _refuse_traps(text: str) -> None:
    """Raise NotReadError at what YAML knows and a declaration does not need; some of it can be grown without end."""
    depth = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        depth += isinstance(token, _DEEPER) - isinstance(token, _BACK)
        trap = type(token) if type(token) in _TRAPS else yaml.Token
        if trap is not yaml.Token or depth > DEPTH_MOST:
            raise NotReadError(int(token.start_mark.line) + 1, _TRAPS[trap])


def _plain(part: Part) -> Any:
    """An entry as None, text, list or dict."""
    if absent(part):
        return None
    parts = part.page.parts(part)
    if parts is not None:
        return {one.key: _plain(one) for one in parts}
    items = part.page.items(part)
    if items is not None:
        return [_plain(one) for one in items]
    return text_of(part)


def _kind(said: dict[str, Any]) -> str:
    """The transport's kind, though the transport may hold mistakes; empty where none is told."""
    transport = said.get("transport")
    kind = transport.get("kind") if isinstance(transport, dict) else None
    return kind if isinstance(kind, str) else ""

"""YAML in which everything knows the line it stands on. Only reading lives here; what a case is stands in `form`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from household.errors import InputError
from household.rules.marked import ExactLoader

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from pathlib import Path

GUIDE = "写法见 docs/howto/write-a-case.md"


class CaseError(InputError):
    """A case cannot be read: one line with file, line and what to do."""


class Lined(dict[str, Any]):
    """A mapping of a file: `line` is where it begins, `lines` where each key stands."""

    def __init__(self, content: Mapping[str, Any], line: int, lines: Mapping[str, int]) -> None:
        super().__init__(content)
        self.line = line
        self.lines = dict(lines)

    def over(self, other: Lined) -> Lined:
        """The keys of another put over these; mappings under one key likewise."""
        content: dict[str, Any] = dict(self)
        for key, value in other.items():
            mine = content.get(key)
            both = isinstance(mine, Lined) and isinstance(value, Lined)
            content[key] = mine.over(value) if both and isinstance(mine, Lined) else value
        return Lined(content, other.line, self.lines | other.lines)


def read_lined(file: Path) -> Any:
    """The content of a YAML file, its mappings as `Lined`.

    Raises:
        CaseError: the file cannot be read, or a key stands twice.
    """
    try:
        loader = ExactLoader(file.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        return None if node is None else _content(file, loader, node)
    except (yaml.YAMLError, ValueError, ArithmeticError, OSError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark is not None else str(file)
        raise CaseError(f"{where}：不是可读的 YAML 文件", GUIDE) from error


def _content(file: Path, loader: ExactLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_content(file, loader, item) for item in node.value]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node)
    loader.flatten_mapping(node)
    content: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key: Hashable = loader.construct_object(key_node)
        line = key_node.start_mark.line + 1
        if str(key) in content:
            raise CaseError(f"{file}:{line}：“{key}”写了两次", "请保留其中一个")
        content[str(key)] = _content(file, loader, value_node)
        lines[str(key)] = line
    return Lined(content, node.start_mark.line + 1, lines)

"""YAML with the line of every entry: exact numbers, `on` is a word, a repeated key is told. Nothing about packs is known here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NULL = "tag:yaml.org,2002:null"


class NotReadError(Exception):
    """A text or a value that YAML or the kind asked for cannot make. Carries its line, counted from 1, and why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(line, why)
        self.line = line
        self.why = why


class ExactLoader(yaml.SafeLoader):
    """Safe YAML in which broken numbers are exact and only `true` and `false` are flags."""


class _Loader(ExactLoader):
    """The same, with whole numbers as they look, too (0700 is 700)."""


def _exact(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)).replace("_", ""))


ExactLoader.add_constructor("tag:yaml.org,2002:float", _exact)
ExactLoader.yaml_implicit_resolvers = {
    first: [
        (tag, regexp)
        for tag, regexp in resolvers
        if tag != "tag:yaml.org,2002:bool" or first in "tTfF"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
    _Loader.add_constructor(_tag, _exact)


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of a mapping or a list, with its key (empty in a list) and the line on which it begins."""

    key: str
    line: int
    node: yaml.Node
    page: Page


class Page:
    """One YAML text, read to nodes. Raises NotReadError when it is no YAML."""

    def __init__(self, text: str) -> None:
        self.twice: list[tuple[int, str]] = []
        self._parts: dict[int, list[Part]] = {}
        try:
            self._loader = _Loader(text)
            root = self._loader.get_single_node()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            why = getattr(error, "problem", None) or "字符或结构有误"
            raise NotReadError(mark.line + 1 if mark else 1, str(why)) from error
        self.root = Part("", 1, root or yaml.ScalarNode(_NULL, ""), self)

    def parts(self, part: Part) -> list[Part] | None:
        """The entries of a mapping, merged keys (`<<`) included; None when it is no mapping. Repeated keys go to `twice`."""
        node = part.node
        if not isinstance(node, yaml.MappingNode):
            return None
        if id(node) not in self._parts:
            self._parts[id(node)] = self._flattened(node)
        return self._parts[id(node)]

    def _flattened(self, node: yaml.MappingNode) -> list[Part]:
        own = {id(key) for key, _ in node.value}
        try:
            self._loader.flatten_mapping(node)  # puts what is merged in before what stands there
        except yaml.YAMLError as error:
            raise NotReadError(int(node.start_mark.line) + 1, "<< 只能引用一组栏目") from error
        told: dict[str, Part] = {}
        said: set[str] = set()
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            line = int(key.start_mark.line) + 1
            if id(key) in own:
                if name in said:
                    self.twice.append((line, name))
                said.add(name)
            told[name] = Part(name, line, value, self)
        return list(told.values())

    def items(self, part: Part) -> list[Part] | None:
        """The entries of a list; None when it is no list."""
        if not isinstance(part.node, yaml.SequenceNode):
            return None
        return [Part("", int(node.start_mark.line) + 1, node, self) for node in part.node.value]

    def value(self, part: Part) -> Any:
        """A plain value: None, bool, Decimal, text, date, list or dict. Raises NotReadError."""
        try:
            return self._loader.construct_object(part.node, deep=True)
        except (yaml.YAMLError, ValueError, ArithmeticError, TypeError, RecursionError) as error:
            raise NotReadError(part.line, "值无法读取") from error


def absent(part: Part | None) -> bool:
    """Whether nothing stands there."""
    return part is None or (isinstance(part.node, yaml.ScalarNode) and part.node.tag == _NULL)


def text_of(part: Part) -> str | None:
    """The text of a scalar as written; None for lists and mappings."""
    return str(part.node.value).strip() if isinstance(part.node, yaml.ScalarNode) else None


def day_of(part: Part | None) -> date | None:
    """A day written as 2026-01-31; None where nothing stands. Raises NotReadError."""
    if part is None or absent(part):
        return None
    told = text_of(part) or ""
    try:
        if _DAY.fullmatch(told):
            return date.fromisoformat(told)
    except ValueError:
        pass
    raise NotReadError(part.line, f"{told!r} 不是日期")


def texts_of(part: Part | None) -> tuple[str, ...] | None:
    """The texts of a list of scalars; empty where nothing stands, None when it is something else."""
    if part is None or absent(part):
        return ()
    items = part.page.items(part)
    if items is None:
        return None
    texts = [text_of(item) for item in items]
    return tuple(t for t in texts if t) if all(texts) else None


def walk(part: Part, seen: set[int] | None = None) -> None:
    """Look at every entry below a part once, so that repeated keys anywhere are found."""
    seen = set() if seen is None else seen
    if id(part.node) not in seen:
        seen.add(id(part.node))
        for one in part.page.parts(part) or part.page.items(part) or []:
            walk(one, seen)

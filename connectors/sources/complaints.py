"""What pydantic found wrong, as a Chinese line for whoever writes the file. Keys are named, values never: one may be a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from rapidfuzz import process

from connectors.sources.declaration import SecretRef
from connectors.sources.mistakes import GUIDE, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

_REFER = "请改为引用，例如 {env: 环境变量名}、{file: /绝对路径} 或 {mount: 挂载名}；已写入的密码视为泄露，须更换"
_SAID = {
    "dict_type": "应为一组“栏目: 内容”",
    "model_type": "应为一组“栏目: 内容”",
    "model_attributes_type": "应为一组“栏目: 内容”",
    "tuple_type": "应为列表",
    "list_type": "应为列表",
    "string_type": "没有写内容，或不是文本",
    "string_too_short": "不能为空",
    "string_too_long": "过长",
    "too_short": "不能为空",
    "union_tag_not_found": "缺少 kind",
    "path_type": "没有写内容，或不是路径",
    "finite_number": "不是数字",
    "int_parsing": "不是整数",
    "int_type": "不是整数",
    "float_parsing": "不是数字",
    "bool_parsing": "只能写 true 或 false",
    "bool_type": "只能写 true 或 false",
}
_BOUNDS = {
    "greater_than": ("gt", "须大于"),
    "greater_than_equal": ("ge", "不能小于"),
    "less_than": ("lt", "须小于"),
    "less_than_equal": ("le", "不能大于"),
}


def complaint(
    error: ErrorDetails,
    model: type[BaseModel],
    among: type[BaseModel] | None,
    given: frozenset[str],
) -> tuple[tuple[str | int, ...], str, str]:
    """The path of the entry that is meant, what is wrong, and what to do.

    Args:
        error: as pydantic tells it. model: what was read. among: of models that could stand in one place, the one that does.
        given: entries at the top that may not be written.

    """
    loc = error["loc"]
    for end in range(1, len(loc) + 1):
        if SecretRef in _models_at(model, loc[:end], among):
            return loc[:end], *_about_secret(error)
    name, context = (shown(str(loc[-1])) if loc else ""), error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        models = _models_at(model, loc[:-1], among)
        return loc, *_unknown(name, models, frozenset() if loc[1:] else given)
    if error["type"] in ("literal_error", "union_tag_invalid"):
        expected = str(context.get("expected") or context.get("expected_tags"))
        words = expected.replace("'", "").replace(" or ", ", ").replace(", ", "、")
        return loc, f"只能写 {words}", GUIDE
    return loc, _in_words(error["type"], name, context), GUIDE


def _in_words(kind: str, name: str, context: dict[str, Any]) -> str:
    if kind == "missing":
        return f"缺少 {name}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        region = "[0-9]{12}" in str(context.get("pattern"))
        return "应为 6、9 或 12 位行政区划代码" if region else "含有不能使用的字符"
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"{words} {context[bound]}"
    return _SAID.get(kind, "写法不对")


def _unknown(name: str, models: set[type[BaseModel]], given: frozenset[str]) -> tuple[str, str]:
    """A key that is not known there, and which are."""
    allowed = sorted({field for model in models for field in model.model_fields} - given)
    near = [found for found, *_ in process.extract(name, allowed, limit=1, score_cutoff=72)]
    meant = f"您是否想写 {near[0]}？" if near else ""
    return f"不认识 {name}", f"{meant}这里可写 {'、'.join(allowed)}" if allowed else GUIDE


def _about_secret(error: ErrorDetails) -> tuple[str, str]:
    """A mistake where a secret is referred to. Nothing that stands there is repeated, not even a key."""
    if error["type"] == "value_error":
        return str(error["ctx"]["error"]), GUIDE
    if error["type"] == "missing" or error["input"] is None:
        return "缺少对密码或密钥的引用", _REFER
    return "密码或密钥不能直接写在这里", _REFER


def _models_at(
    model: type[BaseModel], loc: Sequence[str | int], among: type[BaseModel] | None
) -> set[type[BaseModel]]:
    """The models that may stand at a path; empty where something else does."""
    places: list[Any] = [model]
    for step in loc:
        found = [a for place in places for a in _alternatives(place)]
        tagged = [a for a in found if _is_model(a) and _tag(a) == step]
        if tagged and not any(step in a.model_fields for a in found if _is_model(a)):
            places = tagged
            continue
        places = [below for a in found for below in _below(a, step)]
    models = {a for place in places for a in _alternatives(place) if _is_model(a)}
    return {among} if among is not None and among in models else models


def _is_model(place: Any) -> bool:
    return isinstance(place, type) and issubclass(place, BaseModel)


def _alternatives(place: Any) -> list[Any]:
    """The members of a union, unwrapped; the place itself where it is none."""
    if _is_model(place) or get_origin(place) in (dict, tuple, Literal):
        return [place]
    arguments = get_args(place)
    if hasattr(place, "__metadata__"):
        arguments = arguments[:1]
    return [a for one in arguments for a in _alternatives(one)]


def _tag(model: type[BaseModel]) -> str | None:
    kind = model.model_fields.get("kind")
    tags = get_args(kind.annotation) if kind is not None else ()
    return str(tags[0]) if tags else None


def _below(place: Any, step: str | int) -> list[Any]:
    """What stands under one step of a model, a mapping or a list."""
    if _is_model(place):
        field = place.model_fields.get(str(step))
        return [field.annotation] if field is not None else []
    if get_origin(place) in (dict, tuple):
        return [a for a in get_args(place)[-1:] if a is not Ellipsis] or list(get_args(place)[:1])
    return []

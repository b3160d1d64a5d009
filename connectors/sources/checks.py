"""What a well-formed source.yaml may still get wrong: columns and codes against the catalogue, what goes with what. Nothing is read here."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from connectors.intake.manifest import ENCODINGS
from connectors.intake.titles import fold_title
from connectors.sources.declaration import FileDataset, PageDataset, Source, TableDataset
from connectors.sources.mistakes import GUIDE, shown
from household.schema.column import Column, Dataset, Kind
from household.schema.datasets import DATASETS, SOURCE_TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.sources.declaration import DatasetSpec

_PLACES = ("region", "as_of", "part", "ext", "any")
_CODED = (Kind.CODE, Kind.TEXT, Kind.BOOL)
_YES_NO = ("是", "否")
_SECRET = re.compile(
    r"passw|passwd|pwd|secret|token|api_?key|credential|密码|口令|密钥", re.IGNORECASE
)
_DICTIONARY = "英文列名见 docs/dictionary.md"


class Wrong(NamedTuple):
    """A mistake and the path of the entry that it is in."""

    loc: tuple[str | int, ...]
    what: str
    todo: str = GUIDE


def source_mistakes(source: Source) -> Iterator[Wrong]:
    """Everything that is wrong with a source in itself."""
    if source.department not in SOURCE_TITLES:
        return  # told of the folder; its subjects cannot be known
    if not source.datasets and source.inquiries is None:
        yield Wrong((), "datasets 与 inquiries 都没有写，无可取之数")
    yield from _about_inquiries(source)
    for subject, spec in source.datasets.items():
        at = ("datasets", subject)
        dataset = DATASETS.get(f"{source.department}.{subject}")
        if dataset is None:
            known = "、".join(d.subject for d in DATASETS.values() if d.source == source.department)
            yield Wrong(at, f"交换目录中没有数据集 {shown(subject)}", f"这里可写 {known}")
            continue
        for wrong in (*_about_columns(dataset, spec), *_about_reading(dataset, spec)):
            yield wrong._replace(loc=(*at, *wrong.loc))
        if isinstance(spec, FileDataset):
            if spec.folder.startswith("/") and source.transport.kind != "sftp":
                todo = "请改写为 transport 所指位置之下的相对路径"
                yield Wrong((*at, "folder"), "folder 以 / 开头", todo)
            yield from (w._replace(loc=(*at, *w.loc)) for w in _about_files(spec))


def _about_inquiries(source: Source) -> Iterator[Wrong]:
    if source.inquiries is None:
        return
    if f"{source.department}.receipt" not in DATASETS:
        yield Wrong(("inquiries",), "这个来源不是逐人答复的，不能写 inquiries", "请删去 inquiries")
    if source.transport.kind in ("postgresql", "mysql"):
        todo = "逐人查询请用 folder、sftp、s3 或 http"
        yield Wrong(("inquiries",), "数据库只读，不能送出查询", todo)


def _about_columns(dataset: Dataset, spec: DatasetSpec) -> Iterator[Wrong]:
    """`fields`, `codes` and `absent` against the catalogue."""
    columns = {c.name: c for c in dataset.columns}
    titles = Counter(fold_title(theirs) for theirs in spec.fields)
    ours = Counter(spec.fields.values())
    for theirs, name in spec.fields.items():
        at = ("fields", theirs)
        if name not in columns:
            yield Wrong(at, f"{dataset.name} 没有 {shown(name)} 这一列", _DICTIONARY)
        elif ours[name] > 1:
            yield Wrong(at, f"{name} 被映射了 {ours[name]} 次", "一列只能对应一个列名")
        if not fold_title(theirs) or titles[fold_title(theirs)] > 1:
            yield Wrong(at, "列名为空，或与另一列写法相同", "请更正列名")
    for index, name in enumerate(spec.absent):
        yield from (
            Wrong(("absent", index), what, todo)
            for what, todo in _about_absent(columns.get(name), name, spec)
        )
    for name, codes in spec.codes.items():
        if name not in columns:
            what = f"{dataset.name} 没有 {shown(name)} 这一列"
            yield Wrong(("codes", name), what, _DICTIONARY)
        else:
            yield from (
                wrong._replace(loc=("codes", name, *wrong.loc))
                for wrong in _about_codes(columns[name], codes)
            )


def _about_absent(column: Column | None, name: str, spec: DatasetSpec) -> Iterator[tuple[str, str]]:
    if column is None:
        yield f"没有 {shown(name)} 这一列", _DICTIONARY
        return
    if column.required:
        yield f"{name} 是必有的列，不能列为 absent", "请与来源商定补送，或以 fields 写明它的列名"
    if name in spec.fields.values() or name in spec.codes:
        yield f"{name} 既列为 absent，又写了 fields 或 codes", "请只保留一处"
    if spec.absent.count(name) > 1:
        yield f"{name} 重复列出", "请只保留一个"


def _about_codes(column: Column, codes: dict[str, str]) -> Iterator[Wrong]:
    """Their codes must become ones that can be read; an empty cell must stay unknown."""
    if column.kind not in _CODED:
        yield Wrong((), f"{column.name} 不是代码或文本列，不能写 codes", "请删去")
        return
    known: tuple[str, ...] = column.terms
    if column.codes is not None:
        known = tuple(column.codes.readings())
    elif column.kind is Kind.BOOL:
        known = _YES_NO
    theirs = Counter(code.strip() for code in codes)
    for code, ours in codes.items():
        if not code.strip():
            todo = "请删去；来源以空白表示的意思须由来源写明"
            yield Wrong((code,), "空白的值是未知，不能换成别的值", todo)
        elif theirs[code.strip()] > 1:
            yield Wrong((code,), "两个代码只差空格", "请只保留一个")
        if not ours.strip():
            if column.required:
                yield Wrong((code,), f"{column.name} 是必填项，不能换成空白", "请写明对应的值")
        elif known and ours.strip() not in known:
            yield Wrong((code,), f"{column.name} 没有这个取值", f"可写 {'、'.join(known)}")


def _about_reading(dataset: Dataset, spec: DatasetSpec) -> Iterator[Wrong]:
    """Only what adds up may be read in part: a part of a snapshot cannot say what is gone."""
    key = ""
    if isinstance(spec, TableDataset) and spec.changed is not None:
        key = "changed"
    if isinstance(spec, PageDataset):
        key = "changed_parameter" if spec.changed_parameter is not None else ""
        for name in spec.parameters:
            if _SECRET.search(name):
                todo = "请改用 transport.auth，并以引用写明密钥；已写入的密钥视为泄露，须更换"
                yield Wrong(("parameters", name), "密钥不能写在 parameters 中", todo)
    if key and dataset.keep != "history":
        what = f"{dataset.name} 是快照，须整体读取，不能只读变化部分"
        yield Wrong((key,), what, f"请删去 {key}")


def _about_files(spec: FileDataset) -> Iterator[Wrong]:
    if spec.pattern is not None:
        bare = re.sub(rf"\{{({'|'.join(_PLACES)})\}}", "", spec.pattern)
        if set(bare) & set("{}/\\"):
            listed = "、".join(f"{{{place}}}" for place in _PLACES)
            yield Wrong(("pattern",), "pattern 含有 /、\\ 或不认识的占位符", f"可用 {listed}")
    if spec.ready is not None and set(spec.ready) & set("/\\{}*?"):
        todo = "应为跟在文件名之后的后缀，例如 .ok"
        yield Wrong(("ready",), "ready 含有不能使用的字符", todo)
    if spec.encoding is not None and _bare(spec.encoding) not in ENCODINGS:
        yield Wrong(("encoding",), "encoding 不在受理范围", "可写 utf-8、gb18030 或 big5")
    names = Counter(fold_title(slot.name) for slot in spec.layout or ())
    for index, slot in enumerate(spec.layout or ()):
        if names[fold_title(slot.name)] > 1:
            yield Wrong(("layout", index), "layout 中有同名的列", "请只保留一个")


def _bare(encoding: str) -> str:
    return re.sub(r"[^0-9a-z]", "", encoding.lower())


def deployment_mistakes(sources: dict[str, Source]) -> Iterator[tuple[str, Wrong]]:
    """What is wrong between sources: two that would bring the same extract. The later folder's name, and its mistake."""
    taken: dict[tuple[str, str, str], str] = {}
    for name, source in sorted(sources.items()):
        brought = [(s, spec.region or source.region) for s, spec in source.datasets.items()]
        places: list[tuple[tuple[str, ...], str, str]] = [
            (("datasets", subject), subject, region) for subject, region in brought
        ]
        if source.inquiries is not None:
            # what is answered is told whole, and a whole extract from elsewhere would replace it while its receipts stand
            told = [
                d.subject
                for d in DATASETS.values()
                if d.source == source.department and d.keep == "snapshot"
            ]
            places += [(("inquiries",), one, source.region) for one in ("inquiries", *told)]
        for loc, subject, region in places:
            first = taken.setdefault((source.department, subject, region), name)
            if first != name:
                what = f"{first} 已提供 {region} 的 {shown(subject)}，两处会互相覆盖"
                yield name, Wrong(loc, what, "请只保留一处，或以 region 区分")

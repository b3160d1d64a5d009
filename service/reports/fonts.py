"""The folder of fonts that is set: looked at before anything is printed with the fonts of the machine in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS = frozenset({".ttf", ".ttc", ".otf", ".otc"})


def check_fonts(folder: Path | None) -> None:
    """Refuse a folder of fonts that is none; None, no folder set, is fine.

    Raises:
        InputError: it is not there, cannot be read, or holds no font.

    """
    if folder is None:
        return
    try:
        there = folder.is_dir()
        fonts = there and any(one.suffix.lower() in ENDINGS for one in folder.rglob("*"))
    except OSError as error:
        raise InputError(
            f"HEDUI_FONTS 所指的目录 {folder} 无法读取（{error.strerror}）", "请检查权限"
        ) from None
    if not there:
        raise InputError(
            f"HEDUI_FONTS 所指的目录 {folder} 不存在或不是目录",
            "请更正，或取消该变量以使用本机字体",
        )
    if not fonts:
        raise InputError(
            f"HEDUI_FONTS 所指的目录 {folder} 中没有字体文件",
            "请放入 .ttf、.ttc 或 .otf 文件，或取消该变量以使用本机字体",
        )

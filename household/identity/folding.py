"""Names written with Chinese characters for their sound (Uyghur, Kazakh, Tibetan, Mongol, Yi ...): forms in which spellings meet.

These forms are for the linkage model. The normal form of `names` decides tiers A and B and knows nothing of them. Han names are
never folded. The spellings stand in `tables/name_parts.yaml`, with their origin.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from household.identity.names import INTERPUNCTS, normal_names
from household.identity.sounds import LONGEST, character_sounds
from household.identity.tables.reading import read_table

PEOPLES = ("uyghur_kazakh", "tibetan", "mongol", "yi")
"""Sections of the table of parts."""

_SEPARATED = "[^{0}\\s][\\s{0}]*[{0}][\\s{0}]*[^{0}\\s]".format(
    INTERPUNCTS.replace("-", r"\-").replace(".", r"\.")
)
_LEAST_UNSEPARATED = 4
_LEAST_ORDERED = 5
_KNOWN_SHARE = 0.75
_END = 0x110000


class _Folding(NamedTuple):
    """Tables in the form in which they are applied.

    Attributes:
        character: for each code point the one that stands for its sound.
        known: code points that stand in a known part.
        variants, standards: parts in folded characters, longest first, and what stands for them.
        spellings: all known parts in normal form.
        alone: those of them that are whole names which cannot be Han names.

    """

    character: npt.NDArray[np.uint32]
    known: npt.NDArray[np.bool_]
    variants: tuple[str, ...]
    standards: tuple[str, ...]
    spellings: list[str]
    alone: frozenset[str]


def _representatives() -> npt.NDArray[np.uint32]:
    """For each code point the character that stands for its sound and its kin: the first of the table of parts, else of the list."""
    table = read_table("name_parts")
    merged = {other: kin[0] for kin in table["syllables"] for other in kin}
    heard = character_sounds()
    # characters of such names first, so that folded forms can be read; then the commonest of all, in the order of their sounds
    used = "".join(s for people in PEOPLES for group in table[people] for s in group["spellings"])
    first: dict[str, int] = {}
    for code in (*map(ord, used), *_common_characters()):
        sound = heard.get(code, "")
        first.setdefault(merged.get(sound, sound), code)
    representative = np.arange(_END, dtype=np.uint32)
    for code, sound in heard.items():
        representative[code] = first.get(merged.get(sound, sound), code)
    return representative


def _common_characters() -> list[int]:
    """Code points of the characters of GB/T 2312, level 1 before level 2."""
    rows = (bytes(range(0xA1, 0xFF)) for _ in range(0xB0, 0xF8))
    coded = b"".join(bytes((high, low)) for high, row in enumerate(rows, 0xB0) for low in row)
    return [ord(character) for character in coded.decode("gb2312", errors="ignore")]


def _stands_alone(group: dict[str, list[str]], spelling: str, surnames: str) -> bool:
    """Whether a whole name of this spelling cannot be a Han name (head of the table)."""
    listed = group.get("alone")
    if listed is not None:
        return bool(listed) and spelling in listed
    return len(spelling) > 2 or spelling[0] not in surnames


@cache
def _folding() -> _Folding:
    table = read_table("name_parts")
    surnames = "".join(table["han_surnames"])
    character = _representatives()
    standard_of: dict[str, str] = {}
    known = np.zeros(_END, dtype=np.bool_)
    alone: set[str] = set()
    for group in (group for people in PEOPLES for group in table[people]):
        standard = _by_sound(group["spellings"][0], character)
        for spelling in group["spellings"]:
            standard_of.setdefault(_by_sound(spelling, character), standard)
            known[[ord(c) for c in spelling]] = True
            if _stands_alone(group, spelling, surnames):
                alone.add(spelling)
    pairs = sorted(
        ((variant, standard) for variant, standard in standard_of.items()),
        key=lambda pair: (-len(pair[0]), pair[0]),
    )
    return _Folding(
        character,
        known,
        tuple(variant for variant, _ in pairs),
        tuple(standard for _, standard in pairs),
        [spelling for people in PEOPLES for g in table[people] for spelling in g["spellings"]],
        frozenset(alone),
    )


def _by_sound(text: str, character: npt.NDArray[np.uint32]) -> str:
    return "".join(chr(character[ord(c)]) for c in text)


def _codes(texts: pl.Series) -> npt.NDArray[np.uint32]:
    """Code points of texts without line feeds that follow one another, each closed by a line feed."""
    joined = (texts.str.join("\n").item() or "") + "\n"
    return np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)


def _texts(codes: npt.NDArray[np.uint32], name: str) -> pl.Series:
    """The way back from `_codes`."""
    joined = codes[:-1].tobytes().decode("utf-32-le")
    return pl.Series(name, [joined]).str.split("\n").explode()


def _mostly_known(names: pl.Series) -> pl.Series:
    """Which names (none null or empty) consist, three quarters of them or more, of characters that stand in known parts."""
    if not len(names):
        return pl.Series(names.name, [], dtype=pl.Boolean)
    codes = _codes(names)
    ends = np.flatnonzero(codes == ord("\n"))
    starts = np.concatenate([[0], ends[:-1] + 1])
    known = np.add.reduceat(_folding().known[codes].astype(np.int64), starts)
    return pl.Series(names.name, known >= _KNOWN_SHARE * (ends - starts))


def _written_by_sound(frame: pl.DataFrame) -> pl.Series:
    """Which rows (columns `name`, normal form, and `separated`) are names written for their sound."""
    compound = tuple(read_table("name_parts")["compound_surnames"])
    frame = frame.with_row_index("row")
    han = pl.any_horizontal(pl.col("name").str.starts_with(surname) for surname in compound)
    length = pl.col("name").str.len_chars()
    long = frame.filter(pl.col("separated").not_() & (length >= _LEAST_UNSEPARATED))
    if len(long):  # looking for every part costs more than all else here
        # four characters may be a Han name of two surnames: there a whole known part is asked for as well
        part = pl.col("name").str.contains_any(_folding().spellings)
        long = long.filter(han.not_() & ((length > _LEAST_UNSEPARATED) | part))
    found = long.filter(_mostly_known(long["name"]))["row"]
    alone = pl.Series(sorted(_folding().alone))
    return frame.select(
        (
            pl.col("separated")
            | pl.col("name").is_in(alone.implode())
            | pl.col("row").is_in(found.implode())
        ).fill_null(value=False)
    ).to_series()


def _fold(names: pl.Series) -> pl.Series:
    """Folded forms of names written for their sound; none null or empty."""
    folding = _folding()
    alike = _texts(folding.character[_codes(names)], names.name)
    return (
        alike.to_frame("name")
        .select(
            pl.col("name").str.replace_many(
                list(folding.variants), list(folding.standards), leftmost=True
            )
        )
        .to_series()
    )


def _sorted_characters(folded: pl.Series) -> pl.Series:
    """The characters of each name in the order of their code points; by length, so that rows make a matrix."""
    frame = pl.DataFrame({"name": folded}).with_row_index("row")
    parts = []
    for (length,), part in frame.group_by(pl.col("name").str.len_chars(), maintain_order=True):
        codes = _codes(part["name"]).reshape(-1, int(str(length)) + 1).copy()
        codes[:, :-1].sort(axis=1)
        parts.append(part.select("row", _texts(codes.reshape(-1), "ordered")))
    return pl.concat(parts).sort("row")["ordered"]


def folded_names(sent: pl.Series, *, normal: pl.Series | None = None) -> pl.DataFrame:
    """Forms of names in which spellings by sound, and the order of given and father's name, make no difference.

    Args:
        sent: names as sent, interpuncts still in them; nulls allowed.
        normal: their normal forms, where the caller has them already.

    Returns:
        As many rows. `folded`: for names written for their sound, each known part and each character replaced by the one that
        stands for all its spellings, without separators; for all other names the normal form. Such names have an interpunct; or
        five characters or more, mostly known from such names; or four with a known part among them; or are a known part.
        `ordered`: the characters of `folded` in a fixed order, so that 买买提·吐尔逊 meets 吐尔荪麦麦提; null for names that have
        no father's name to change about (Han names, the four characters of Tibet). Null where the normal form is. Only the first
        LONGEST characters of a long name are looked at.
    """
    forms = normal_names(sent) if normal is None else normal
    frame = pl.DataFrame(
        {"sent": sent.str.slice(0, 4 * LONGEST), "name": forms.str.slice(0, LONGEST)}
    )
    frame = frame.select("name", pl.col("sent").str.contains(_SEPARATED).alias("separated"))
    wanted = (_written_by_sound(frame) & frame["name"].is_not_null()).arg_true()
    folded = forms.rename("folded").clone()
    ordered = pl.Series("ordered", [None], dtype=pl.String).extend_constant(None, len(sent))[:-1]
    if not len(wanted):
        return pl.DataFrame([folded, ordered])
    part = frame[wanted].select(pl.col("separated"), _fold(frame["name"][wanted]).alias("folded"))
    folded = folded.scatter(wanted, part["folded"])
    enough = (part["separated"] | (part["folded"].str.len_chars() >= _LEAST_ORDERED)).arg_true()
    if len(enough):
        ordered = ordered.scatter(wanted[enough], _sorted_characters(part["folded"][enough]))
    return pl.DataFrame([folded, ordered])

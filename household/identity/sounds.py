"""How a name sounds: toneless pinyin, for names written with another character of the same sound or with its pinyin.

The readings are pypinyin's, one for each character, put into an array once; surnames have theirs from a table. Dialects, tones
and transliterations are no matter of this module.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt
import polars as pl
from pypinyin.pinyin_dict import pinyin_dict

from household.identity.tables.reading import read_table

WILDCARD = "?"
"""The syllable of a character that nobody could write: `?`, `□`, `*`, `×`, private use, or a character without a known reading."""

LONGEST = 64
"""Characters of a name that are heard. No name is longer (the longest field seen holds 50), and no text makes it expensive."""

_PLAIN = r"^[\u{3400}-\u{4DBF}\u{4E00}-\u{9FFF}]+$"
_WIDTH = 7
_END = 0x110000
_NEWLINE = ord("\n")
_UNKNOWN_SIGNS = frozenset("?？□*×■○◯�＿_")
_UNASSIGNED = frozenset({"Co", "Cn", "Cs"})
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZÜü:")
_PINYIN_SPELLINGS = {"lyu": "lv", "nyu": "nv", "lyue": "lve", "nyue": "nve"}
"""Spellings of passports (ICAO, GB/T 28039-2011) for syllables with ü."""


class _Voice(NamedTuple):
    """Readings by code point (index into `syllables`), and the letters of each syllable, a space before, padded with 0."""

    tokens: npt.NDArray[np.uint16]
    letters: npt.NDArray[np.uint8]
    syllables: tuple[str, ...]
    surnames: npt.NDArray[np.uint16]
    compounds: tuple[tuple[int, int, int, int], ...]


def _toneless(reading: str) -> str:
    """`lǜ` -> `lv`, `zhōng` -> `zhong`."""
    plain = unicodedata.normalize("NFD", reading.split(",", maxsplit=1)[0]).replace("u\u0308", "v")
    return "".join(c for c in plain if "a" <= c <= "z")


def _filled(syllables: list[str]) -> npt.NDArray[np.uint8]:
    letters = np.zeros((len(syllables), _WIDTH), dtype=np.uint8)
    for row, syllable in enumerate(syllables):
        spelt = (" " + syllable).encode("ascii")[:_WIDTH]
        letters[row, : len(spelt)] = list(spelt)
    letters[1] = [0, _NEWLINE] + [0] * (_WIDTH - 2)
    return letters


@cache
def character_sounds() -> dict[int, str]:
    """Toneless reading of each character by code point, as it is read inside a name. The answer is shared: do not change it."""
    readings = {code: _toneless(reading) for code, reading in pinyin_dict.items()}
    inside = read_table("surname_readings")["inside"]
    return readings | {ord(sign): reading for sign, reading in inside.items()}


@cache
def _voice() -> _Voice:
    table = read_table("surname_readings")
    readings = character_sounds()
    single = {ord(sign): reading for sign, reading in table["single"].items()}
    double = {pair: reading.split() for pair, reading in table["compound"].items()}
    heard = {*readings.values(), *single.values(), *(s for pair in double.values() for s in pair)}
    syllables = [WILDCARD, "", *sorted(heard - {""})]
    place = {syllable: i for i, syllable in enumerate(syllables)}
    tokens = np.zeros(_END, dtype=np.uint16)
    for code, syllable in readings.items():
        tokens[code] = place[syllable] if syllable else 0
    tokens[_NEWLINE] = 1
    surnames = tokens.copy()
    for code, syllable in single.items():
        surnames[code] = place[syllable]
    compounds = tuple(
        (ord(pair[0]), ord(pair[1]), place[spoken[0]], place[spoken[1]])
        for pair, spoken in double.items()
    )
    return _Voice(tokens, _filled(syllables), tuple(syllables), surnames, compounds)


def _tokens_of(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint16]:
    """Syllables of names that follow one another, each closed by a line feed."""
    voice = _voice()
    tokens = voice.tokens[codes]
    ends = np.flatnonzero(codes == _NEWLINE)
    first = np.concatenate([[0], ends[:-1] + 1])
    leading, second = codes[first], codes[np.minimum(first + 1, len(codes) - 1)]
    tokens[first] = voice.surnames[leading]
    for one, two, spoken_one, spoken_two in voice.compounds:
        found = first[(leading == one) & (second == two)]
        tokens[found], tokens[found + 1] = spoken_one, spoken_two
    return tokens


def _plain_sounds(names: pl.Series) -> pl.Series:
    """Sounds of names wholly of characters of the basic planes, or empty; no nulls, no loop over names."""
    if not len(names):
        return names
    text = (names.str.join("\n").item() or "") + "\n"
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    spoken = _voice().letters[_tokens_of(codes)]
    spoken[0, 0] = 0
    spoken[1:, 0] = np.where(codes[:-1] == _NEWLINE, 0, spoken[1:, 0])
    joined = spoken[spoken > 0].tobytes().decode("ascii")
    return pl.Series(names.name, [joined[:-1]]).str.split("\n").explode()


@cache
def _valid_syllables() -> frozenset[str]:
    common = (_toneless(pinyin_dict[code]) for code in range(0x4E00, 0x9FA6) if code in pinyin_dict)
    # interjections (hm, ng, n ...) are no syllables of a name
    return frozenset(s for s in common if s and re.search("[aeiouv]", s)) | set(_PINYIN_SPELLINGS)


@lru_cache(maxsize=65_536)
def _latin_syllables(run: str) -> tuple[str, ...]:
    """A run of small Latin letters cut into pinyin syllables, as few as possible; one piece when it cannot be cut."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(run)
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - 6), end):
            before, piece = best[start], run[start:end]
            if before is None or piece not in _valid_syllables():
                continue
            now = best[end]
            if now is None or len(before) + 1 < len(now):
                best[end] = (*before, _PINYIN_SPELLINGS.get(piece, piece))
    return best[-1] or (run,)


_PIECES = re.compile(r"[A-Za-zÜü:]+|[0-9]+|[^A-Za-zÜü:0-9]", re.DOTALL)


def _mixed_sound(name: str) -> str:
    """Sound of a name that holds more than characters of the basic planes."""
    spoken: list[str] = []
    for position, piece in enumerate(_PIECES.findall(name)):
        if piece[0].isascii() and piece[0].isdigit():
            spoken.append(piece)
        elif piece[0] in _LETTERS:
            spoken += _latin(piece)
        else:
            spoken += _sign(piece, leading=position == 0)
    return " ".join(spoken)


def _latin(piece: str) -> tuple[str, ...]:
    """Syllables of a run of Latin letters."""
    run = piece.lower().replace("ü", "v").replace("u:", "v").replace(":", "")
    if run and set(run) == {"x"}:  # 张XX: the given name is hidden
        return (WILDCARD,) * len(run)
    return _latin_syllables(run) if run else ()


def _sign(character: str, *, leading: bool) -> tuple[str, ...]:
    """Syllable of one character that is neither Latin nor a digit; nothing for punctuation and what cannot be seen."""
    voice = _voice()
    token = (voice.surnames if leading else voice.tokens)[ord(character)]
    kind = unicodedata.category(character)
    if token > 1:
        return (voice.syllables[token],)
    if character in _UNKNOWN_SIGNS or kind in _UNASSIGNED or _is_rare(character):
        return (WILDCARD,)
    return (character.lower(),) if character.isalnum() else ()


WILD = 1
"""Code of a syllable that nobody could write: it agrees with every other."""


@cache
def _checksums() -> npt.NDArray[np.uint32]:
    """Code of each syllable of the voice: WILD, 0 for none, else a checksum of its letters."""
    return np.array([_checksum(syllable) for syllable in _voice().syllables], dtype=np.uint32)


def _checksum(syllable: str) -> int:
    if syllable == WILDCARD:
        return WILD
    return 2 + crc32(syllable.encode()) % 0xFFFFFFF0 if syllable else 0


def syllable_codes(
    normal: pl.Series, width: int
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Syllables of names as codes, padded with 0 behind, and how many there are (at most `width`).

    Equal syllables have equal codes in every process and release: a code is a checksum of the letters that `sounds` writes.
    """
    codes = np.zeros((len(normal), width), dtype=np.uint32)
    if not len(normal):
        return codes, np.zeros(0, dtype=np.int64)
    plain = normal.str.contains(_PLAIN).fill_null(value=False)
    names = normal.to_frame("name").select(
        pl.when(plain).then(pl.col("name").str.slice(0, width)).otherwise(pl.lit(""))
    )["name"]
    text = (names.str.join("\n").item() or "") + "\n"
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    ends = np.flatnonzero(points == _NEWLINE)
    lengths = np.diff(ends, prepend=-1) - 1
    inside = np.flatnonzero(points != _NEWLINE)
    rows = np.repeat(np.arange(len(normal)), lengths)
    starts = np.concatenate([[0], ends[:-1] + 1])
    codes[rows, inside - starts[rows]] = _checksums()[_tokens_of(points)[inside]]
    for row in (~plain & normal.is_not_null()).arg_true():
        spoken = _mixed_sound(normal[row][:LONGEST]).split()[:width]
        codes[row, : len(spoken)] = [_checksum(syllable) for syllable in spoken]
    return codes, (codes != 0).sum(axis=1)


def _is_rare(character: str) -> bool:
    """A Chinese character, though one whose reading is not known."""
    return unicodedata.name(character, "").startswith("CJK UNIFIED")


def sounds(normal: pl.Series) -> pl.Series:
    """Toneless pinyin of names in normal form.

    Args:
        normal: String series of normal forms; nulls allowed.

    Returns:
        String series of the same length: syllables joined by one space. Pinyin standing for a character comes out as its
        syllable (王ZHE -> `wang zhe`, ZHANGSAN -> `zhang san`), a sign for an unknown character as `?`. Null stays null; a name
        without anything that sounds is null. Only the first LONGEST characters are heard.
    """
    cut = normal.str.slice(0, LONGEST)
    plain = cut.str.contains(_PLAIN).fill_null(value=False)
    heard = _plain_sounds(
        cut.to_frame("name").select(pl.when(plain).then("name").otherwise(pl.lit("")))["name"]
    )
    others = (~plain & cut.is_not_null()).arg_true()
    if len(others):
        names = cut.gather(others)
        spoken = {name: _mixed_sound(name) or None for name in names.unique(maintain_order=True)}
        heard = heard.scatter(others, names.replace_strict(spoken, return_dtype=pl.String))
    return heard.replace("", None).alias(normal.name)

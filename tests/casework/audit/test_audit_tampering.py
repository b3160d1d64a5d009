"""Whatever is done to the files afterwards is found, and told where."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from audit_logs import Clock, filled, lines_of, look, rewrite

from casework.audit.anchors import Anchor
from casework.audit.entry import Entry, write_line
from casework.audit.log import AuditLog
from casework.audit.segments import find_end, segment_file, segments_of
from casework.audit.verify import Finding, verify

if TYPE_CHECKING:
    from pathlib import Path

FILE = "audit-000001.jsonl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return filled(tmp_path / "audit", 8)


def found(folder: Path, **more: object) -> list[tuple[str, int]]:
    return [(f.kind, f.line) for f in verify(folder, **more).findings]  # type: ignore[arg-type]


def test_a_log_left_alone_holds(folder: Path):
    proof = verify(folder)
    assert (proof.holds, proof.entries, proof.first, proof.head.seq) == (True, 8, 1, 8)
    assert proof.head == find_end(folder).head


def test_every_byte_of_a_line_counts(folder: Path):
    """Each byte of the middle line in turn, its newline too, becomes another one; the line is named each time."""
    path = segment_file(folder, 1)
    whole = path.read_bytes()
    start = sum(len(line) + 1 for line in lines_of(folder)[:3])
    length = len(lines_of(folder)[3]) + 1
    for place in range(start, start + length):
        changed = bytearray(whole)
        changed[place] ^= 0x01
        path.write_bytes(changed)
        findings = verify(folder).findings
        assert findings, place - start
        assert findings[0].line == 4, (place - start, findings)
    path.write_bytes(whole)
    assert verify(folder).holds


@pytest.mark.parametrize("field", ["seq", "prev", "at", "actor_id", "outcome", "details", "hash"])
@pytest.mark.parametrize("row", [0, 3, 7])
def test_an_edited_field_is_located(folder: Path, field: str, row: int):
    lines = lines_of(folder)
    told = json.loads(lines[row])
    told[field] = {"rows": 9} if field == "details" else 99 if field == "seq" else "f" * 64
    lines[row] = json.dumps(told, separators=(",", ":")).encode()
    rewrite(folder, lines)
    assert found(folder)[0] == ("edited", row + 1)


@pytest.mark.parametrize("row", [0, 1, 4, 6])
def test_a_deleted_line_is_located(folder: Path, row: int):
    lines = lines_of(folder)
    del lines[row]
    rewrite(folder, lines)
    assert verify(folder).findings == (Finding("missing", FILE, row + 1, row + 1, row + 1),)


def test_several_deleted_lines_are_one_finding(folder: Path):
    lines = lines_of(folder)
    del lines[2:5]
    rewrite(folder, lines)
    assert verify(folder).findings == (Finding("missing", FILE, 3, 3, 5),)


@pytest.mark.parametrize("row", [0, 3, 7])
def test_a_copied_line_is_located(folder: Path, row: int):
    lines = lines_of(folder)
    lines.insert(row + 1, lines[row])
    rewrite(folder, lines)
    assert found(folder) == [("inserted", row + 2)]


def test_an_invented_line_between_two_is_located(folder: Path):
    lines = lines_of(folder)
    before = json.loads(lines[3])["hash"]
    forged, _ = write_line(Entry("household.read", "mallory", at="2026"), 5, prev=before)
    lines.insert(4, forged.rstrip(b"\n"))
    rewrite(folder, lines)
    assert [f.kind for f in verify(folder).findings] == ["inserted", "rewritten"]
    assert {f.line for f in verify(folder).findings} == {6, 7}


@pytest.mark.parametrize("row", [0, 3, 6])
def test_swapped_lines_are_located(folder: Path, row: int):
    lines = lines_of(folder)
    lines[row], lines[row + 1] = lines[row + 1], lines[row]
    rewrite(folder, lines)
    assert found(folder) == [("moved", row + 2)]


def test_a_line_written_anew_with_a_right_hash_does_not_fit(folder: Path):
    lines = lines_of(folder)
    told = json.loads(lines[3])
    forged, _ = write_line(Entry("household.read", "mallory", at="2026"), 4, prev=told["prev"])
    lines[3] = forged.rstrip(b"\n")
    rewrite(folder, lines)
    assert found(folder) == [("rewritten", 5)]


def test_an_empty_line_is_located(folder: Path):
    lines = lines_of(folder)
    lines.insert(3, b"")
    rewrite(folder, lines)
    assert ("edited", 4) in found(folder)


def test_a_lost_file_is_named(tmp_path: Path):
    folder = filled(tmp_path / "audit", 35, per_segment=10)
    segment_file(folder, 2).unlink()
    findings = verify(folder).findings
    assert findings[0] == Finding("lost_file", "audit-000002.jsonl", 0)
    assert findings[1] == Finding("missing", "audit-000003.jsonl", 1, 11, 20)


def test_a_lost_first_file_is_named(tmp_path: Path):
    folder = filled(tmp_path / "audit", 35, per_segment=10)
    segment_file(folder, 1).unlink()
    assert verify(folder).findings[0] == Finding("lost_file", "audit-000001.jsonl", 0)


def test_an_emptied_file_is_named(tmp_path: Path):
    folder = filled(tmp_path / "audit", 35, per_segment=10)
    segment_file(folder, 2).write_bytes(b"")
    assert verify(folder).findings[0] == Finding("lost_file", "audit-000002.jsonl", 0)


def test_swapped_files_are_found(tmp_path: Path):
    folder = filled(tmp_path / "audit", 35, per_segment=10)
    one, two = segment_file(folder, 2), segment_file(folder, 3)
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)
    findings = verify(folder).findings
    assert {(f.kind, f.file) for f in findings[:1]} == {("missing", "audit-000002.jsonl")} or {
        f.kind for f in findings
    } == {"moved"}


def anchor_at(folder: Path, seq: int) -> Anchor:
    return Anchor(seq, json.loads(lines_of(folder)[seq - 1])["hash"], "2026-05-20T02:00:00+00:00")


@pytest.mark.parametrize("left", [0, 1, 5, 7])
def test_a_cut_tail_is_found_by_an_anchor(folder: Path, left: int):
    anchor = anchor_at(folder, 8)
    rewrite(folder, lines_of(folder)[:left])
    assert verify(folder).holds  # by itself it cannot know
    (finding,) = verify(folder, anchors=[anchor]).findings
    assert (finding.kind, finding.first, finding.last) == ("cut_tail", left + 1, 8)


def test_a_log_put_away_whole_is_found_by_an_anchor(folder: Path):
    anchor = anchor_at(folder, 8)
    segment_file(folder, 1).unlink()
    (finding,) = verify(folder, anchors=[anchor]).findings
    assert (finding.kind, finding.first, finding.last) == ("cut_tail", 1, 8)


def test_a_chain_written_anew_is_found_by_an_anchor(folder: Path):
    """The strongest forger: one entry left out, every number and hash after it computed again."""
    anchors = [anchor_at(folder, 2), anchor_at(folder, 5), anchor_at(folder, 7)]
    kept = [json.loads(line) for line in lines_of(folder)]
    del kept[3]
    prev, forged = "0" * 64, []
    for seq, told in enumerate(kept, start=1):
        entry = Entry(**{n: told[n] for n in Entry.__slots__})
        line, prev = write_line(entry, seq, prev=prev)
        forged.append(line.rstrip(b"\n"))
    rewrite(folder, forged)
    assert verify(folder).holds
    proof = verify(folder, anchors=anchors)
    assert not proof.holds
    assert proof.findings == (Finding("anchor", FILE, 5, 3, 5),)
    assert proof.anchored == anchors[0]


def test_what_is_archived_must_be_attested(tmp_path: Path):
    folder = filled(tmp_path / "audit", 25, per_segment=10)
    anchor = replace(anchor_at(folder, 10), closes=1)
    segment_file(folder, 1).rename(tmp_path / "archived.jsonl")
    assert not verify(folder).holds
    assert [f.kind for f in verify(folder, starts_at=2).findings] == ["start"]
    assert verify(folder, starts_at=2, anchors=[anchor]).holds


def test_the_next_writer_does_not_go_on_from_an_edited_end(folder: Path):
    lines = lines_of(folder)
    lines[-1] = lines[-1].replace(b"zhang", b"zhong")
    rewrite(folder, lines)
    with pytest.raises(Exception, match="链条"), AuditLog(folder, now=Clock()) as log:
        log.record(look(9))


def test_random_harm_is_always_found(tmp_path: Path):
    """Bytes flipped, cut out, put in, doubled, blanked, files swapped or cut: with an anchor at the head nothing passes."""
    chance = random.Random(7)
    folder = filled(tmp_path / "audit", 30, per_segment=12)
    anchor = anchor_at(folder, 30)
    whole = {path: path.read_bytes() for path in segments_of(folder).values()}
    for _ in range(200):
        path = chance.choice(list(whole))
        data = bytearray(whole[path])
        first = chance.randrange(len(data))
        piece = data[first : first + chance.choice([1, 2, 90, 900])]
        match chance.choice(["flip", "cut", "put", "double", "blank", "end"]):
            case "flip":
                data[first] ^= 1 << chance.randrange(8)
            case "cut":
                del data[first : first + len(piece)]
            case "put":
                data[first:first] = chance.randbytes(3)
            case "double":
                data[first:first] = piece
            case "blank":
                data[first : first + len(piece)] = bytes(len(piece))
            case "end":
                del data[first:]
        path.write_bytes(data)
        lost_newline_only = bytes(data).rstrip(b"\n") == whole[path].rstrip(b"\n")
        proof = verify(folder, anchors=[anchor])
        # Behind the last entry there is nothing to protect: rubbish there is told as torn, a lost newline loses nothing.
        assert not proof.holds or proof.torn or lost_newline_only
        if proof.holds:
            assert (proof.entries, proof.anchored) == (30, anchor)
        path.write_bytes(whole[path])
    assert verify(folder, anchors=[anchor]).holds

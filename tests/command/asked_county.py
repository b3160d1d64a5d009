"""A small county whose banks are asked person by person: two that answer, each in its own layout, and one that never does. No test stands here."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

import pipelines.outside
from command.main import hedui
from connectors.outside import SHANGHAI, Outside

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ASKED, ANSWERED, LATE, GONE = (
    date(2026, 5, 20),
    date(2026, 5, 22),
    date(2026, 5, 27),
    date(2026, 6, 8),
)
"""Asked on a Wednesday, due on the Monday after it; a reminder is due the day after that and waiting ends on the first of June."""
TITLES = ("查询编号", "结果", "证件号码", "户名", "账号", "类型", "余额", "截止日期")
SOURCE = """\
title: 虚县各银行
region: "990101"
agreement: {{no: 虚银〔2026〕1号, purpose: 社会救助核对, valid_from: 2026-01-01}}
limits: {{attempts: 1}}
cadence: {{cron: "0 6 * * *", overdue_hours: 48}}
transport: {{kind: folder, path: {path}}}
inquiries: {{answer_days: 3, remind_days: 1, give_up_days: 5}}
"""
COMMA = """\
name: {name}
request:
  folder: {code}/out
  file: "HD_{{institution}}_{{batch}}.csv"
  format: csv
  columns:
    - {{title: 查询编号, value: request_no}}
    - {{title: 证件号码, value: id_no}}
    - {{title: 客户名称, value: name}}
    - {{title: 备注, value: remark}}
answer:
  folder: {code}/in
  file: "HF_{{institution}}_{{batch}}.csv"
  format: csv
  fields: {{查询编号: request_no, 结果: state, 证件号码: id_no, 户名: name, 账号: account_no, 类型: product, 余额: balance, 截止日期: as_of}}
  codes:
    state: {{"0": found, "1": none, "2": identity_mismatch}}
    product: {{S: 活期}}
"""
BARS = """\
name: 示范农商行
request:
  folder: J2/out
  file: "REQ{batch}.txt"
  format: txt
  encoding: GB18030
  delimiter: "|"
  titles: false
  trailer: "T|{count}"
  columns:
    - {title: 查询编号, value: request_no}
    - {title: 姓名, value: name}
    - {title: 证件, value: id_no}
answer:
  folder: J2/in
  file: "RSP{batch}.txt"
  format: txt
  encoding: GB18030
  delimiter: "|"
  titles: false
  columns: [查询编号, 标志, 姓名, 账号, 种类, 余额, 日期]
  trailer: "T|{count}"
  fields: {查询编号: request_no, 标志: state, 姓名: name, 账号: account_no, 种类: product, 余额: balance, 日期: as_of}
  codes: {state: {Y: found, N: none, X: identity_mismatch}, product: {"10": 活期}}
  amounts: {balance: fen}
"""


@dataclass
class AskedCounty:
    """The county's folders, the banks' drop, and the day that the program takes for today."""

    root: Path
    today: date = ASKED
    said: dict[str, Result] = field(default_factory=dict)

    @property
    def warehouse(self) -> Path:
        return self.root / "w.duckdb"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def banks(self) -> Path:
        return self.root / "banks"

    def on(self, day: date, monkeypatch: pytest.MonkeyPatch) -> None:
        self.today = day
        monkeypatch.setattr(pipelines.outside, "outside_now", self._world)

    def _world(self, *, by: str | None = None, mounts: Path | None = None) -> Outside:
        day = self.today
        return Outside(
            now=lambda: datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI),
            sleep=lambda _: None,
            chance=lambda: 0.5,
            by=by or "tester",
            mounts=mounts,
        )

    def hedui(self, *arguments: object, deployed: bool = False) -> Result:
        """`hedui inquiries`; `deployed`: with the places of the deployment."""
        places = ["--sources", self.root / "sources", "--inbox", self.inbox] if deployed else []
        words = ["inquiries", *arguments, "--warehouse", self.warehouse, *places]
        return CliRunner().invoke(hedui, [str(w) for w in words])

    def requests(self) -> list[dict[str, str]]:
        """What the first bank was asked, in its own words."""
        (file,) = sorted((self.banks / "J1/out").glob("HD_*.csv"))
        with file.open(encoding="utf-8-sig", newline="") as read:
            return list(csv.DictReader(read))

    def answer(self) -> None:
        """At the first bank the first person has an account, the second is not who they know; at the second bank everybody has none."""
        asked = self.requests()
        out = io.StringIO()
        write = csv.writer(out, lineterminator="\r\n")
        write.writerow(TITLES)
        for place, row in enumerate(asked):
            state = {0: "0", 1: "2"}.get(place, "1")
            held = ["****1001", "S", "1450.05", "2026-05-21"] if place == 0 else [""] * 4
            write.writerow([row["查询编号"], state, row["证件号码"], row["客户名称"], *held])
        (name,) = [p.name for p in (self.banks / "J1/out").glob("HD_*.csv")]
        answered = self.banks / "J1/in" / name.replace("HD_", "HF_", 1)
        answered.write_text(out.getvalue(), encoding="utf-8")
        (file,) = (self.banks / "J2/out").glob("REQ*.txt")
        *lines, _ = file.read_text(encoding="GB18030").splitlines()
        told = [f"{number}|N|{name}||||" for number, name, _ in (x.split("|") for x in lines)]
        text = "".join(f"{line}\r\n" for line in [*told, f"T|{len(told)}"])
        reply = self.banks / "J2/in" / file.name.replace("REQ", "RSP", 1)
        reply.write_bytes(text.encode("GB18030"))


def deploy(root: Path, inbox: Path, warehouse: Path) -> AskedCounty:
    """A county that was run already, copied, with three banks beside it."""
    county = AskedCounty(root)
    shutil.copytree(inbox, county.inbox)
    shutil.copy(warehouse, county.warehouse)
    shutil.copytree(warehouse.with_suffix(".store"), county.warehouse.with_suffix(".store"))
    source = root / "sources" / "banking"
    (source / "institutions").mkdir(parents=True)
    (source / "source.yaml").write_text(SOURCE.format(path=county.banks), encoding="utf-8")
    pages = {
        "J1": COMMA.format(name="示范银行", code="J1"),
        "J2": BARS,
        "J3": COMMA.format(name="沉默银行", code="J3"),
    }
    for code, page in pages.items():
        (source / "institutions" / f"{code}.yaml").write_text(page, encoding="utf-8")
        for side in ("in", "out"):
            (county.banks / code / side).mkdir(parents=True)
    return county

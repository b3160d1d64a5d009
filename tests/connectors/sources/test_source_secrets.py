"""Secrets come by reference, wrapped, and stand in no text; nothing is called outside its agreement."""

from __future__ import annotations

import logging
import os
import pickle
import traceback
from datetime import UTC, date, datetime

import pytest
from deployments import put_source, text_of

from connectors.errors import SourceRefused
from connectors.outside import Outside
from connectors.sources.agreement import hold_agreement
from connectors.sources.declaration import SecretRef
from connectors.sources.reading import read_source
from connectors.sources.secrets import reveal

SECRET = "Hunter2-zq"


def outside(mounts=None, **environ):
    return Outside(
        now=lambda: datetime(2026, 5, 8, tzinfo=UTC),
        sleep=lambda _: None,
        chance=lambda: 0.5,
        by="tester",
        environ=environ,
        mounts=mounts,
    )


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "key"
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def refusal(ref, where):
    with pytest.raises(SourceRefused) as caught:
        reveal(ref, where)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert SECRET not in told
    assert SECRET.encode() not in pickle.dumps(caught.value.args)
    assert caught.value.__context__ is None
    return str(caught.value)


def test_one_line_break_at_the_end_goes(key, tmp_path):
    assert reveal(SecretRef(file=key), outside()).get_secret_value() == SECRET
    assert reveal(SecretRef(env="PW"), outside(PW=SECRET)).get_secret_value() == SECRET
    (tmp_path / "pw").write_bytes(f" {SECRET}\r\n\n".encode())
    found = reveal(SecretRef(mount="pw"), outside(tmp_path))
    assert found.get_secret_value() == f" {SECRET}\r\n"


def test_what_is_revealed_shows_nothing(key, caplog):
    where = outside(PW=SECRET)
    found = reveal(SecretRef(env="PW"), where)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("x").info("%s %r %s %r", found, found, where, where)
    assert SECRET not in caplog.text + f"{found}{found!r}{where}{where!r}"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_read_is_refused(key, mode):
    key.chmod(mode)
    told = refusal(SecretRef(file=key), outside())
    assert "可被其他用户读写；请改为仅属主可读" in told


def test_a_file_that_is_none(key, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(key)
    assert "是链接" in refusal(SecretRef(file=link), outside())
    assert "不存在" in refusal(SecretRef(file=tmp_path / "none"), outside())
    assert "不是普通文件" in refusal(SecretRef(file=tmp_path), outside())
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "不是普通文件" in refusal(SecretRef(file=tmp_path / "pipe"), outside())


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "是空的"),
        (b" \n", "是空的"),
        (SECRET.encode() + b"\xff", "不是 UTF-8"),
        (SECRET.encode() + b"\0", "不是 UTF-8"),
        (SECRET.encode() * 7000, "过大"),
    ],
)
def test_content_that_is_no_secret(key, data, told):
    key.write_bytes(data)
    assert told in refusal(SecretRef(file=key), outside())


def test_environment_is_the_callers_and_ours_is_refused(monkeypatch):
    monkeypatch.setenv("PW", SECRET)
    assert "环境变量 PW 没有设置" in refusal(SecretRef(env="PW"), outside())
    ours = SecretRef.model_construct(env="HEDUI_PW", file=None, mount=None)
    assert "请换一个变量名" in refusal(ours, outside(HEDUI_PW=SECRET))


def test_a_mount_is_followed_inside_and_never_out(key, tmp_path):
    mounts = tmp_path / "mounts"
    (mounts / "..data").mkdir(parents=True)
    (mounts / "..data" / "pw").write_text(SECRET, encoding="utf-8")
    (mounts / "pw").symlink_to("..data/pw")
    (mounts / "out").symlink_to(key)
    assert reveal(SecretRef(mount="pw"), outside(mounts)).get_secret_value() == SECRET
    for name in ("out", "../key", "..", "a/b"):
        ref = SecretRef.model_construct(env=None, file=None, mount=name)
        assert "挂载目录之外" in refusal(ref, outside(mounts))
    assert "不存在" in refusal(SecretRef(mount="none"), outside(mounts))
    assert "没有配置" in refusal(SecretRef(mount="pw"), outside())


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2025, 12, 31), "尚未生效"),
        (date(2026, 1, 1), None),
        (date(2026, 12, 31), None),
        (date(2027, 1, 1), "已经到期"),
    ],
)
def test_nothing_is_called_outside_the_agreement(tmp_path, day, why):
    source = read_source(put_source(tmp_path, "public_security", text_of("folder")))
    if why is None:
        hold_agreement(source, day)
        return
    with pytest.raises(SourceRefused) as caught:
        hold_agreement(source, day)
    line = f"协议 T-1（2026-01-01 至 2026-12-31）在 {day} {why}"
    assert line in str(caught.value)

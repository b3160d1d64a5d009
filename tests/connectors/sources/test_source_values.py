"""Single values: a cadence that the scheduler keeps, host keys as SSH reads them, addresses that give nothing away."""

from __future__ import annotations

from datetime import UTC, date, datetime

import asyncssh
import pytest
from dagster._utils.schedules import is_valid_cron_schedule
from deployments import HOST_KEY
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from connectors.sources import values
from connectors.sources.cron import cron_mistake

FIELD = st.from_regex(r"(\*|[0-9]{1,2}(-[0-9]{1,2})?)(/[0-9]{1,2})?(,[0-9]{1,2})?", fullmatch=True)


def accepts(kind, value):
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "said",
    ["0 2 * * *", "*/15 8-18 * * mon-fri", "0 0 1,15 * *", "30 6 * jan,JUL 0", "5 4 29 2 *"],
)
def test_cadences_that_can_be_kept(said):
    assert cron_mistake(said) is None
    assert is_valid_cron_schedule(said)


@pytest.mark.parametrize(
    "said",
    [
        *("", "@daily", "0 2 * *", "0 2 * * * *", "60 2 * * *", "0 24 * * *", "0 2 0 * *"),
        *("0 2 * 13 *", "0 2 * * 8", "0 2 30 2 *", "0 2 31 4,6 *", "0 2 L * *", "0 2 * * 1#2"),
        *("-1 2 * * *", "0 5-2 * * *", "*/0 2 * * *", "0 2 * foo *", "٠ 2 * * *", "5/2 * * * *"),
        *("0, 2 * * *", "*-3 * * * *"),
    ],
)
def test_cadences_that_cannot(said):
    assert cron_mistake(said)


@given(st.lists(FIELD, min_size=5, max_size=5))
def test_what_is_taken_the_scheduler_takes(fields):
    said = " ".join(fields)
    if cron_mistake(said) is None:
        assert is_valid_cron_schedule(said)


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
def test_host_keys_are_those_that_ssh_reads(kind):
    words = asyncssh.generate_private_key(kind).export_public_key().decode().split()
    assert accepts(values.HostKey, " ".join(words[:2]))
    assert accepts(values.HostKey, f"{words[0]} {words[1]} somebody@somewhere")
    assert not accepts(values.HostKey, f"{words[0]} {words[1][:-8]}")
    assert not accepts(values.HostKey, f"host {words[0]} {words[1]}")
    assert not accepts(values.HostKey, words[1])
    assert not accepts(values.HostKey, f"ssh-dss {words[1]}")
    assert asyncssh.import_public_key(HOST_KEY)


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://a.example.cn/v1", True),
        ("https://10.1.2.3:8443", True),
        ("http://localhost:9000", True),
        ("http://127.0.0.9", True),
        ("http://[::1]:80", True),
        ("http://a.example.cn", False),
        ("http://127.0.0.1.example.cn", False),
        ("http://localhost.example.cn", False),
        ("https://", False),
        ("https://u@a.example.cn", False),
        ("https://a.example.cn/?q=1", False),
        ("https://a.example.cn/#x", False),
        ("https://a.example.cn:99999", False),
        ("https://a example.cn", False),
        ("ftp://a.example.cn", False),
        ("//a.example.cn", False),
    ],
)
def test_addresses(url, good):
    assert accepts(values.Address, url) is good


@pytest.mark.parametrize(
    ("host", "good"),
    [
        *((good, True) for good in ("db1", "a.example.cn", "10.0.0.1", "::1", "fd00::a")),
        *((bad, False) for bad in ("a:22", "u@a", "a/b", "-a", "", "主", "::1%eth0 x")),
    ],
)
def test_hosts(host, good):
    assert accepts(values.HostName, host) is good
    assert accepts(values.ServerName, host) is good
    assert accepts(values.ServerName, "/run/db/../x") is False


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (values.Day, ["2026-01-31", date(2026, 1, 31)], ["2026-1-31", 1767225600, "", None, True]),
        (
            values.Day,
            [],
            [datetime(2026, 1, 31, tzinfo=UTC), "2026-01-31T00:00", "２０２６-01-31", "2026-02-30"],
        ),
        (values.Whole, ["0", 12], ["-1", -1, "1_0", " 1", "١", True, 1.0, "1.0", None]),
        (values.Seconds, ["0.5", 3, 2.5], ["1e3", "nan", "inf", float("nan"), "", None, True]),
        (values.Flag, ["true", False], ["yes", "1", 1, "TRUE", None]),
    ],
)
def test_nothing_is_bent(kind, right, wrong):
    assert all(accepts(kind, value) for value in right)
    assert not [value for value in wrong if accepts(kind, value)]

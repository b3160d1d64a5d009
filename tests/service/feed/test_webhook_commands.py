"""`hedui webhooks`: added to an allowed host only, its secret shown once, listed, started again, removed; each written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from casework.accounts import Account, add_account
from casework.audit.entry import read_line
from casework.audit.segments import audit_folder
from casework.store import address_of, open_store
from casework.webhooks import webhooks
from command.main import hedui
from household.errors import InputError
from pipelines.workplace import store_root

if TYPE_CHECKING:
    from served_counties import CountyFiles

URL = "https://10.0.0.8:8443/hedui"


def test_a_webhook_from_beginning_to_end(own_county: CountyFiles, monkeypatch):
    place = address_of(store_root(own_county.warehouse))
    with open_store(place, create=True) as store:
        account = Account("A1", "shenpi", "审批系统", "service", ("99",))
        add_account(store, account, by="tests", at="2026-05-20T00:00:00+00:00")

    def ran(*arguments: str) -> Result:
        told = ["webhooks", *arguments, "--warehouse", str(own_county.warehouse)]
        return CliRunner().invoke(hedui, told, catch_exceptions=False)

    with pytest.raises(InputError, match="允许之列"):
        ran("add", "--login", "shenpi", "--url", URL)
    monkeypatch.setenv("HEDUI_WEBHOOK_HOSTS", "https://10.0.0.8:8443, http://127.0.0.1:9")
    name, secret = ran("add", "--login", "shenpi", "--url", URL).stdout.split()
    assert secret.startswith("whsec_")
    listed = ran("list").stdout
    assert name in listed
    assert "shenpi" in listed
    assert secret not in listed
    ran("retry", "--webhook", name)
    ran("remove", "--webhook", name)
    with open_store(place) as store:
        assert webhooks(store) == ()
    written = audit_folder(store_root(own_county.warehouse)).glob("*.jsonl")
    lines = [read_line(line) for file in written for line in file.read_bytes().splitlines()]
    actions = [line.entry.action for line in lines if line is not None]
    assert [a for a in actions if a.startswith("webhook.")] == [
        "webhook.add", "webhook.retry", "webhook.remove",
    ]  # fmt: skip
    assert secret not in str(lines)

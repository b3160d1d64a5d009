"""Webhooks against a real receiver that fails, hangs and drops: signed, in order, until they arrive or are given up and told."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import httpx
import pytest
from feed_histories import KeptRuns
from receivers import Receiver, is_signed, receiving
from served_counties import START, outside
from servers.waiting import PATIENCE, await_that

from casework.accounts import Account, add_account, set_scope
from casework.sealed import make_sealed
from casework.webhooks import retry_webhook, undelivered, webhooks
from household.errors import InputError
from service.deployment import Deployment
from service.feed import deliverer as deliverers
from service.feed.deliverer import Deliverer
from service.feed.keeper import keep_feed
from service.feed.registering import register_webhook
from service.feed.running import feeding
from service.settings import ServiceSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.audit.log import AuditLog
    from casework.store import CaseworkStore
    from casework.webhooks import Webhook
    from warehouse.live import LiveWarehouse

SYSTEM = Account("A1", "shenpi", "审批系统", "service", ("990101",))


class Desk:
    """A feed, its deliverer, a receiver and a webhook that leads there."""

    def __init__(self, store: CaseworkStore, receiver: Receiver) -> None:
        self.store, self.receiver, self.kept = store, receiver, KeptRuns()
        self.deployment = Deployment(
            cast("LiveWarehouse", self.kept),
            store,
            cast("AuditLog", None),
            outside(),
            ServiceSettings(webhook_hosts=(receiver.url,)),
        )
        self.deliverer = Deliverer(self.deployment)
        add_account(store, SYSTEM, by="tests", at=self.deployment.outside.stamp)
        make_sealed(store, self.deployment.outside.token_bytes, at=self.deployment.outside.stamp)
        self.webhook, self.secret = self.register(receiver.url + "/hook")

    def register(self, url: str) -> tuple[Webhook, str]:
        allowed = self.deployment.settings.webhook_hosts
        return register_webhook(
            self.store, self.deployment.outside, SYSTEM, url=url, allowed=allowed, by="tests"
        )

    def publish(self, *contents: str) -> None:
        """A run with an application for each word; `a` and `b` of one place are two versions of one verdict."""
        verdicts = {
            (f"SQ{n}", "dibao"): (one, "990101001", True, True) for n, one in enumerate(contents)
        }
        self.kept.publish(verdicts, {})
        keep_feed(self.deployment.warehouse, self.store, self.deployment.outside)

    def deliver(self, after: timedelta = timedelta()) -> int:
        return self.deliverer.deliver_due(START + after)

    @property
    def state(self) -> str:
        return webhooks(self.store)[0].state


@pytest.fixture
def desk(store: CaseworkStore) -> Iterator[Desk]:
    with receiving() as receiver:
        made = Desk(store, receiver)
        yield made
        made.deliverer.close()


def test_changes_arrive_once_signed_and_in_order(desk):
    desk.publish("a", "a")
    desk.publish("b", "a", "a")
    assert desk.deliver() == 1
    assert desk.deliver() == 0
    assert [one["seq"] for one in desk.receiver.changes] == [1, 2, 3, 4]
    assert [one["change"] for one in desk.receiver.changes] == [
        "published", "published", "superseded", "published",
    ]  # fmt: skip
    ((headers, body),) = desk.receiver.got
    assert is_signed(desk.secret, headers, body)
    assert not is_signed(desk.secret, headers, body + " ")
    assert json.loads(body)["type"] == "changes.recorded"


def test_only_changes_of_the_accounts_area_arrive(desk):
    desk.kept.publish(
        {
            ("SQ1", "dibao"): ("a", "990102001", True, True),
            ("SQ2", "dibao"): ("a", "990101001", True, True),
        },
        {"A1": ("x", "990102001"), "A2": ("x", None)},
    )
    keep_feed(desk.deployment.warehouse, desk.store, desk.deployment.outside)
    desk.deliver()
    assert [one["application_id"] for one in desk.receiver.changes] == ["SQ2"]
    assert "990102" not in str(desk.receiver.got)


@pytest.mark.parametrize("trouble", [500, 404, 302, "drop", "hang"])
def test_what_did_not_arrive_is_sent_again_byte_by_byte_and_nothing_overtakes_it(
    desk, monkeypatch, trouble
):
    desk.receiver.plan = [trouble, 503]
    desk.publish("a")
    with monkeypatch.context() as impatient:
        if trouble == "hang":
            client = httpx.Client(timeout=0.2, trust_env=False)
            impatient.setattr(desk.deliverer, "_client", client)
        assert desk.deliver() == 0
    await_that(lambda: desk.receiver.plan == [503], "the first request is read")
    first = undelivered(desk.store, desk.webhook.webhook_id)
    desk.publish("b")
    assert desk.deliver(timedelta(seconds=1)) == 0, "not before its time"
    assert desk.deliver(timedelta(seconds=7)) == 0
    second = undelivered(desk.store, desk.webhook.webhook_id)
    assert (first.message_id, first.body) == (second.message_id, second.body)
    assert second.attempts == 2
    assert desk.deliver(timedelta(minutes=1)) == 2
    assert [one["seq"] for one in desk.receiver.changes] == [1, 2]
    assert json.loads(desk.receiver.got[0][1]) == json.loads(first.body)


def test_delays_grow_and_after_three_days_it_is_given_up_and_told(desk, caplog):
    desk.receiver.plan = [500] * 1000
    desk.publish("a")
    waited, now = [], timedelta()
    while desk.state == "active":
        desk.deliver(now)
        message = undelivered(desk.store, desk.webhook.webhook_id)
        due = message.next_at
        step = deliverers.datetime.fromisoformat(due) - (START + now)
        waited.append(step)
        now += step
        assert len(waited) < 100
    assert waited[0] <= timedelta(seconds=6)
    assert waited[5] > waited[4] > waited[3] > 2 * waited[2]
    assert max(waited) <= timedelta(hours=4.8)
    assert timedelta(days=2.5) < now <= timedelta(days=3, hours=5)
    assert "hedui webhooks retry" in caplog.text
    desk.receiver.plan = []
    desk.publish("b")
    assert desk.deliver(now) == 0, "stopped"
    retry_webhook(desk.store, desk.webhook.webhook_id, now=desk.deployment.outside.stamp)
    assert desk.deliver(now) == 2
    assert [one["seq"] for one in desk.receiver.changes] == [1, 2], "nothing was skipped"


def test_410_ends_it_at_once(desk):
    desk.receiver.plan = [410]
    desk.publish("a")
    desk.deliver()
    assert desk.state == "stopped"


def test_a_changed_area_is_told_before_anything_else(desk):
    desk.publish("a")
    desk.deliver()
    set_scope(desk.store, SYSTEM.account_id, regions=("99",), programmes=("*",), by="tests")
    desk.publish("b")
    desk.deliver()
    assert [one["type"] for one in desk.receiver.accepted] == [
        "changes.recorded", "resync.required", "changes.recorded",
    ]  # fmt: skip


def test_two_services_do_not_send_the_same_message(desk):
    other = Deliverer(desk.deployment)
    desk.publish("a")
    threads = [threading.Thread(target=one.deliver_due) for one in (desk.deliverer, other)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    other.close()
    assert len(desk.receiver.got) == 1


def test_a_host_taken_off_the_list_gets_nothing(desk):
    desk.publish("a")
    bare = Deployment(
        desk.deployment.warehouse, desk.store, desk.deployment.audit, desk.deployment.outside
    )
    deliverer = Deliverer(bare)
    assert deliverer.deliver_due(START) == 0
    deliverer.close()
    assert (desk.receiver.got, desk.state) == ([], "stopped")


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest",
        "http://127.0.0.1:1/",
        "http://127.0.0.1@evil.example/",
        "http://evil.example#@127.0.0.1/",
        "http://127.0.0.1\\@evil.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://[::1]/",
        "http://2130706433/",
        "http://127.0.0.1:99999/",
        "//127.0.0.1/",
        "http://127.0.0.1/\r\nX: y",
        "",
    ],
)
def test_addresses_that_are_not_listed_are_refused(desk, url):
    with pytest.raises(InputError):
        desk.register(url)


def test_it_runs_beside_a_service_and_ends_with_it(desk):
    arrived = threading.Event()
    desk.receiver.got = cast("list[tuple[dict[str, str], str]]", _Telling(arrived))
    with feeding(desk.deployment, pause=0.01):
        desk.kept.publish({("SQ1", "dibao"): ("a", "990101001", True, True)}, {})
        assert arrived.wait(PATIENCE)
    assert not [t for t in threading.enumerate() if t.name == "hedui-feed"]


class _Telling(list[object]):
    def __init__(self, arrived: threading.Event) -> None:
        super().__init__()
        self._arrived = arrived

    def append(self, one: object) -> None:
        super().append(one)
        self._arrived.set()

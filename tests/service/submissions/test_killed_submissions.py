"""A batch that is interrupted anywhere is there once or not at all, and a run that goes on sees all of it or nothing."""

from __future__ import annotations

import pytest
from households_sent import household

from connectors import handed_in
from connectors.store import Store
from household.errors import OutsideError
from pipelines.workplace import store_root
from service.access.actor import Actor, Scope
from service.access.roles import Role
from service.submissions import handing_in
from service.submissions.bodies import application_sheets
from service.submissions.handing_in import Sent, hand_in, land_waiting
from service.submissions.models import Applications

CLERK = Actor("A1", "甲", Role.SERVICE, Scope(("*",)))


class KilledError(BaseException):
    """Stands for the process being gone."""


@pytest.fixture
def send(application, deployment):
    def sent(application_id="T-0001"):
        body = Applications(applications=[household(application_id)])
        content = Sent(application_sheets(body), "applications", "api", application_id)
        return hand_in(deployment, application.state.indexes, CLERK, content)

    return sent


@pytest.fixture
def store(own_county):
    return Store(store_root(own_county.warehouse))


def landed(county):
    return sorted(p.name for p in (county.inbox / "approval").glob("*_s0*.parquet"))


def killed(*_args, **_kwargs):
    raise KilledError


@pytest.mark.parametrize("where", ["keep_batch", "name_file"])
def test_before_it_is_kept_nothing_was_sent(where, send, store, own_county, monkeypatch):
    monkeypatch.setattr(handing_in, where, killed)
    monkeypatch.setattr(handing_in, "give_up", lambda *_: None)  # nobody is left to tidy
    with pytest.raises(KilledError):
        send()
    monkeypatch.undo()
    assert len(handed_in.unfinished(store)) == 1
    again = send()
    assert (again.accepted, again.unchanged) == (6, 0)
    assert len(landed(own_county)) == 4


@pytest.mark.parametrize("where", ["finish", "land_waiting"])
def test_once_it_is_kept_the_next_who_passes_finishes_it(
    where, send, store, deployment, own_county, monkeypatch
):
    monkeypatch.setattr(handing_in, where, killed)
    with pytest.raises(KilledError):
        send()
    monkeypatch.undo()
    assert landed(own_county) == []
    assert send("T-0002").accepted == 6  # another sender comes by
    assert len(landed(own_county)) == 8
    assert send("T-0001").unchanged == 6
    assert handed_in.unfinished(store) == handed_in.waiting(store) == ()
    assert land_waiting(deployment) == ()


def test_killed_between_two_files_the_rest_follows(send, store, own_county, monkeypatch):
    moved = []
    real = handed_in.put_whole

    def put(staged, target):
        if len(moved) == 3:
            raise KilledError
        moved.append(target)
        real(staged, target)

    monkeypatch.setattr(handed_in, "put_whole", put)
    with pytest.raises(KilledError):
        send()
    monkeypatch.undo()
    assert len(landed(own_county)) < 4
    assert own_county.run_again().published
    assert len(landed(own_county)) == 4
    assert handed_in.waiting(store) == ()


def test_while_a_run_is_in_the_store_a_batch_waits_whole(send, store, deployment, own_county):
    with store.held():
        batch = send()
        assert landed(own_county) == []
        assert handed_in.waiting(store) == (batch.batch_id,)
    assert land_waiting(deployment) == ()
    assert len(landed(own_county)) == 4


def test_a_full_disk_keeps_nothing(send, store, own_county, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(handed_in, "to_disk", full)
    with pytest.raises(OutsideError, match="无法写入"):
        send()
    monkeypatch.undo()
    assert handed_in.unfinished(store) == ()
    assert send().accepted == 6
    assert len(landed(own_county)) == 4

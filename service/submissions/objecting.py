"""One objection entered in the console, handed in like any other: it lands in the inbox and the next run honours it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from casework.submissions import Repeated, batch_faults
from household.errors import InputError
from service.submissions.content import OBJECTION, sheet_of
from service.submissions.faults import fault_sentence, refuses
from service.submissions.handing_in import Sent, content_digest, hand_in

if TYPE_CHECKING:
    from datetime import date

    from casework.submissions import Batch
    from service.access.actor import Actor
    from service.deployment import Deployment
    from service.reading.index import Indexes


@dataclass(frozen=True, slots=True)
class NewObjection:
    """An objection. `objection_id`: given by whoever enters it, the same one again replaces it; `evidence_id` None: the whole result.

    `ground`: a code of `household.schema.codes.OBJECTION_GROUND`.
    """

    objection_id: str
    application_id: str
    evidence_id: str | None
    ground: str
    raised_on: date


def hand_in_objection(
    deployment: Deployment, indexes: Indexes, actor: Actor, objection: NewObjection
) -> Batch:
    """Hand in one objection; entered again unchanged it does nothing more.

    Raises:
        InputError: the application is not in the actor's area or has no such evidence, or the service has no inbox. HouseholdError:
            a store cannot be read or written.

    """
    said = asdict(objection) | {"raised_on": objection.raised_on.isoformat()}
    sheet = sheet_of(OBJECTION, [said], ["objection"])
    digest = content_digest(repr(sorted(said.items())).encode())
    batch = hand_in(
        deployment, indexes, actor, Sent({OBJECTION: sheet}, "objections", "console", digest)
    )
    assert not isinstance(batch, Repeated), "there was no key"
    if batch.refused:
        faults = [f for f in batch_faults(deployment.casework, batch.batch_id) if refuses(f.code)]
        told = fault_sentence(faults[0].code, OBJECTION, faults[0].column)
        raise InputError(*_split(told))
    return batch


def _split(sentence: str) -> tuple[str, str]:
    what, _, todo = sentence.partition("；")
    return what, todo or "请核对后再试"

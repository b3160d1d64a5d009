"""A client process of `load.py`: some of the readers, each with a connection of its own. Imports nothing of the product, so that it starts at once."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

SESSION_COOKIE = "hedui_session"
SUGGESTIONS = ("eligible", "ineligible", "needs_review", "data_incomplete")
ORDERS = ("application", "margin", "oldest", "due", "alerts")


@dataclass(frozen=True)
class Doors:
    """Where the service is and what opens it: a session and a key a reader; and applications to ask for."""

    address: str
    sessions: list[str]
    keys: list[str]
    applications: list[str]


def api_list(doors: Doors, chance: random.Random) -> str:
    """A page of a hundred verdicts of some township and suggestion."""
    region = f"9901011{chance.randrange(12):02d}"
    return f"/api/v1/verdicts?limit=100&region={region}&suggestion={chance.choice(SUGGESTIONS)}&requested=true"


def queue(doors: Doors, chance: random.Random) -> str:
    """A page of the queue, filtered and ordered one way or another."""
    return f"/queue?suggestion={chance.choice(SUGGESTIONS)}&order={chance.choice(ORDERS)}"


def household(doors: Doors, chance: random.Random) -> str:
    """The page of one household."""
    return f"/applications/{chance.choice(doors.applications)}"


def application(doors: Doors, chance: random.Random) -> str:
    """The same household as the approval system asks for it."""
    return f"/api/v1/applications/{chance.choice(doors.applications)}"


def nothing(doors: Doors, chance: random.Random) -> str:
    """The address that does nothing."""
    return "/api/v1/health"


WORK: dict[str, Callable[[Doors, random.Random], str]] = {
    f.__name__: f for f in (nothing, api_list, queue, household, application)
}


async def read_on(
    name: str, doors: Doors, reader: int, *, seconds: float, think: float
) -> list[tuple[float, int]]:
    """One reader until the time is up: how long each answer took, and its status."""
    chance = random.Random(reader)
    ask = WORK[name]
    api = name in {"api_list", "application"}
    signed = {"Authorization": f"Bearer {doors.keys[reader]}"} if api else {}
    cookies = {} if api else {SESSION_COOKIE: doors.sessions[reader]}
    took: list[tuple[float, int]] = []
    limits = httpx.Limits(max_connections=1)
    async with httpx.AsyncClient(
        base_url=doors.address, headers=signed, cookies=cookies, timeout=60, limits=limits
    ) as client:
        end = time.perf_counter() + seconds
        await asyncio.sleep(chance.random() * think)
        while time.perf_counter() < end:
            start = time.perf_counter()
            answer = await client.get(ask(doors, chance))
            took.append((time.perf_counter() - start, answer.status_code))
            await asyncio.sleep(think * chance.uniform(0.5, 1.5))
    return took


async def read_together(asked: dict[str, object], doors: Doors) -> list[tuple[float, int]]:
    """The readers of one client process."""
    first, last = int(str(asked["first"])), int(str(asked["last"]))
    seconds, think = float(str(asked["seconds"])), float(str(asked["think"]))
    every = [
        read_on(str(asked["name"]), doors, reader, seconds=seconds, think=think)
        for reader in range(first, last)
    ]
    return [one for took in await asyncio.gather(*every) for one in took]


def be_client() -> None:
    """A client process: what to do on stdin, what came of it on stdout."""
    told = json.load(sys.stdin)
    took = asyncio.run(read_together(told["asked"], Doors(**told["doors"])))
    json.dump(took, sys.stdout)


if __name__ == "__main__":
    be_client()

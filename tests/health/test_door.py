"""Nobody sends or takes in rows of persons without having been through the door (assessment §2)."""

from __future__ import annotations

import ast

from house_tree import modules, named, parsed

DOOR = "household/inquiries/door.py"
ASKING = "connectors/asking/"
DOORWAYS = {"put", "exchange", "add_requests", "add_answer"}
"""What rows of persons leave or enter by: a file handed over, a call made, questions and answers written into the book."""
BOOK = {"connectors/asking/book.py": "it only keeps what it is given"}
"""Modules that define a doorway, and why they do not ask the door themselves."""


def test_only_the_door_makes_an_admitted():
    makers = {
        named(m)
        for m in modules()
        if "Admitted(" in m.read_text(encoding="utf-8")
        for node in ast.walk(parsed(m))
        if isinstance(node, ast.Call) and _called(node) == "Admitted"
    }
    assert makers - {"tests/household/inquiries/test_inquiry_door.py"} == {DOOR}


def test_the_key_of_the_door_stays_there():
    holders = {
        named(m)
        for m in modules()
        if "_DOOR" in m.read_text(encoding="utf-8")
        for node in ast.walk(parsed(m))
        if (isinstance(node, ast.Name) and node.id == "_DOOR")
        or (isinstance(node, ast.alias) and node.name == "_DOOR")
    }
    assert holders == {DOOR}


def test_whoever_sends_or_takes_in_was_through_the_door():
    bodies: dict[tuple[str, str], ast.FunctionDef] = {}
    for module in modules("connectors"):
        if named(module).startswith(ASKING) and named(module) not in BOOK:
            for node in parsed(module).body:
                if isinstance(node, ast.FunctionDef):
                    bodies[named(module), node.name] = node
    reaching = _reaching(bodies)
    outer = {place for place in reaching if not place[1].startswith("_")}
    assert outer, (
        "nothing in connectors/asking sends or takes in: this test looks for the wrong names"
    )
    without = {place for place in outer if not _takes_admitted(bodies[place])}
    assert not without, "take the Admitted of the day and use only what passed"


def _reaching(bodies: dict[tuple[str, str], ast.FunctionDef]) -> set[tuple[str, str]]:
    """Functions that come to a doorway, by themselves or through others of these."""
    calls = {
        place: {_called(n) for n in ast.walk(body) if isinstance(n, ast.Call)}
        for place, body in bodies.items()
    }
    reaching = {place for place, names in calls.items() if names & DOORWAYS}
    while True:
        open_ = {name for _, name in reaching}
        more = {place for place, names in calls.items() if names & open_} - reaching
        if not more:
            return reaching
        reaching |= more


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _takes_admitted(function: ast.FunctionDef) -> bool:
    arguments = (*function.args.args, *function.args.kwonlyargs)
    return any(a.annotation and ast.unparse(a.annotation) == "Admitted" for a in arguments)

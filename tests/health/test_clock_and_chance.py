"""The same inputs give the same bytes: no module asks the clock or draws lots by itself; day and seed come from the caller."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from house_tree import modules, named, parsed

if TYPE_CHECKING:
    from pathlib import Path

# perf_counter and monotonic measure how long something took; no result may hang on them.
ASKS = {
    "date.today", "datetime.now", "datetime.utcnow", "datetime.today", "dt.date.today", "dt.datetime.now", "time.time",
    "datetime.date.today", "datetime.datetime.now", "time.localtime", "time.gmtime", "uuid.uuid1", "uuid.uuid4", "os.urandom",
    "np.random.seed", "random.Random", "np.random.rand",
}  # fmt: skip
CALLERS = {
    "pipelines/defs/triggers/sensors.py": "a sensor starts runs: it is the caller that gives the day",
    "pipelines/outside.py": (
        "the one place where clock, chance and environment are read for connectors: a source rests until a time, and retries must not"
        " meet. What comes of it is logged, and runs read the log"
    ),
}
DRAWS = {"random", "secrets"}


def test_nobody_asks_the_clock():
    asked = [
        f"{named(m)}:{line}"
        for m in modules()
        for line, name in _calls(m)
        if name in ASKS and named(m) not in CALLERS
    ]
    assert not asked, "take the day or the key from the caller"


def test_nobody_draws_lots_without_a_seed():
    bare = [
        f"{named(m)}:{n.lineno}"
        for m in modules()
        for n in ast.walk(parsed(m))
        if _is_bare_draw(n) and named(m) not in CALLERS
    ]
    assert not bare, "take the generator from the caller"


def _calls(module: Path) -> list[tuple[int, str]]:
    calls = [
        n
        for n in ast.walk(parsed(module))
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    ]
    return [(n.lineno, ast.unparse(n.func)) for n in calls]


def _is_bare_draw(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(name.name in DRAWS for name in names)
        case ast.ImportFrom(module=module):
            return module in DRAWS
        case ast.Call(func=ast.Attribute(attr="default_rng"), args=[], keywords=[]):
            return True
        case ast.Call(func=ast.Attribute(attr="sample" | "shuffle"), keywords=keywords):
            # polars' own: without a seed every call differs. numpy's Generator has no `sample`, and its shuffle no seed.
            drawn_by_generator = ast.unparse(node.func).split(".")[0] in {"rng", "generator"}
            return not drawn_by_generator and not any(k.arg == "seed" for k in keywords)
    return False

"""Unknown is never zero: filling an unknown with nought is allowed only where nought is what is meant, with the reason here."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from house_tree import modules, named, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REASONS: dict[str, dict[str, str]] = {
    "household/authorisation.py": {
        "pl.when(newborn).then('applicant_granted').otherwise('granted')": "no paper, no source",
        "bits": "no source named in the list that was signed: none granted",
    },
    "household/exchange.py": {
        "pl.col('failures')": "a log without events tells of no failures",
    },
    "household/income/receipts.py": {
        "pl.col('transferred_mu')": "nothing said of transferred land: all of it is tilled",
    },
    "household/linkage/engine/mixing.py": {
        "values": "a code, not an amount: 0 is the code of nothing there, and never equals anything",
    },
    "household/measure.py": {
        "pl.col(name)": "a count of lines seen; whether more may exist is told by delivery",
    },
    "household/rules/persons.py": {
        "pl.col('drawn').list.set_intersection('frees').list.len()": "the size of an empty set",
        "pl.col('special').list.set_intersection('frees').list.len()": "the size of an empty set",
    },
    "household/rules/rule.py": {
        "cause_of(a)": "a rule that does not apply gives no cause for doubt",
        "cause_of(answer)": "a rule that does not apply gives no cause for doubt",
    },
    "household/verdicts.py": {
        "pl.col('roster_members')": "a roster without members has none",
    },
}
"""Module -> what is filled with nought there -> why nought is what is meant. Whoever adds a line writes its reason."""
ALLOWED = {(module, filled) for module, reasons in REASONS.items() for filled in reasons}


def test_no_unknown_is_filled_with_nought():
    found = {place for module in modules("household") for place in _filled(module)}
    assert not found - ALLOWED, "unknown is not zero: keep the null, or add the reason to REASONS"


def test_every_allowance_is_still_needed():
    found = {place for module in modules("household") for place in _filled(module)}
    assert not ALLOWED - found, "these lines are gone: remove them from REASONS"


def test_the_search_sees_every_form_of_nought(tmp_path: Path):
    forms = [
        "a.fill_null(0)",
        "a.fill_null(value=0)",
        "a.fill_null(pl.lit(0, dtype=X))",
        "a.fill_null(strategy='zero')",
    ]
    forms += ["a.fill_nan(0.0)", "a.fill_null(Decimal('0'))", "a.fill_null(Decimal(0))"]
    innocent = [
        "a.fill_null(value=True)",
        "a.fill_null('none')",
        "a.fill_null(1)",
        "a.fill_null(strategy='forward')",
    ]
    for number, form in enumerate(forms + innocent):
        module = tmp_path / f"form_{number}.py"
        module.write_text(form, encoding="utf-8")
        assert bool(list(_calls(parsed(module)))) == (form in forms), form


def _filled(module: Path) -> Iterator[tuple[str, str]]:
    for call in _calls(parsed(module)):
        assert isinstance(call.func, ast.Attribute)
        yield named(module), ast.unparse(call.func.value)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"fill_null", "fill_nan"}
        ):
            given = [*node.args, *(k.value for k in node.keywords)]
            if any(_is_nought(value) for value in given):
                yield node


def _is_nought(value: ast.expr) -> bool:
    if isinstance(value, ast.Call) and value.args:
        return _is_nought(value.args[0])
    if not isinstance(value, ast.Constant) or isinstance(value.value, bool):
        return False
    return value.value in {0, "0", "zero", "0.00"}

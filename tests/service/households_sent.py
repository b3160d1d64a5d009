"""Made-up households as the approval system would send them. Numbers begin with 99 and belong to nobody. No test stands here."""

from __future__ import annotations

from typing import Any

from household.identity.numbers import check_digit

DAY = "2026-05-18"


def number(serial: int, *, born: str = "19800203") -> str:
    """A valid number of nobody."""
    first = f"990101{born}{serial:03d}"
    return first + check_digit(first)


def household(application_id: str, serial: int = 1, **changes: Any) -> dict[str, Any]:
    """A household of two adults with their papers, all in order."""
    people = [number(serial * 2), number(serial * 2 + 1)]
    return {
        "application_id": application_id,
        "programme": "dibao",
        "region_code": "990101001",
        "urban_rural": "城镇",
        "applied_on": DAY,
        "commissioned_by": "测试乡镇",
        "members": [
            {
                "member_no": at + 1,
                "name": name,
                "id_no": who,
                "relation": relation,
                "role": "member",
            }
            for at, (name, who, relation) in enumerate(
                zip(("测试甲", "测试乙"), people, ("self", "spouse"), strict=True)
            )
        ],
        "authorisations": [
            {
                "authorisation_no": f"{application_id}-{at}",
                "id_no": who,
                "programme": "dibao",
                "signed_on": DAY,
            }
            for at, who in enumerate(people)
        ],
        "expenditures": [
            {
                "voucher_no": f"V{application_id}",
                "kind": "medical",
                "spent_on": "2026-04-01",
                "amount": "1200.50",
            }
        ],
    } | changes

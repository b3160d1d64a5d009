"""Published persons and their roster places: declarations only."""

from __future__ import annotations

from household.schema.published.column import Held, PublishedColumn, PublishedTable

PERSON = PublishedTable(
    "person",
    "人员",
    "one row a person; nothing in it names the person",
    (
        PublishedColumn(
            "person_ref",
            "人员代号",
            Held.TEXT,
            required=True,
            note="stable from run to run; says nothing of the person",
        ),
        PublishedColumn("application_ids", "申请编号", Held.TEXTS, required=True),
        PublishedColumn("id_no_masked", "证件号码(脱敏)", Held.TEXT),
        PublishedColumn("name_masked", "姓名(脱敏)", Held.TEXT),
        PublishedColumn("in_roster", "是否在申请名册", Held.FLAG, required=True),
    ),
    key=("person_ref",),
)

ROSTER_PERSON = PublishedTable(
    "roster_person",
    "名册人员",
    "which person stands at which place of an application's roster",
    (
        PublishedColumn("application_id", "申请编号", Held.TEXT, required=True),
        PublishedColumn("member_no", "成员序号", Held.COUNT, required=True),
        PublishedColumn("person_ref", "人员代号", Held.TEXT, required=True),
    ),
    key=("application_id", "member_no"),
)

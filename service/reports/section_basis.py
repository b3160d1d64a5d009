"""Sections on what the report stands on: the commission, the authorisations, the people, and who was asked and answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.reports import wording
from service.reports.cells import UNREAD, Column, Section, grid, members, span, text, titled

if TYPE_CHECKING:
    from service.reports.contents import Answer, Authorisation, Contents, Person


def commission(contents: Contents) -> Section:
    """Section 1: who asked for what, when, under which rules, and by whose leave."""
    head = contents.header
    unread = text if head.papers_read else (lambda _value: UNREAD)
    rows = (
        ("委托单位", unread(head.commissioned_by), "申请编号", head.application_id),
        ("申请日期", unread(head.applied_on), "受理日期", unread(head.accepted_on)),
        (
            "核对项目",
            "、".join(titled(wording.PROGRAMMES, p) for p in head.programmes) or "未登记",
            "行政区划代码",
            head.region_code,
        ),
        ("核对基准日", text(head.as_of), "核对批次", head.run_id),
        ("规则包", "、".join(head.pack_ids), "程序版本", head.program_version),
        ("规则包摘要", head.pack_digest, "输入摘要", head.input_digest),
    )
    columns = (Column("项目", 0.8), Column("内容", 1.7), Column("项目", 0.8), Column("内容", 1.7))
    papers = grid(
        "授权书",
        (
            Column("授权书编号", 1.5),
            Column("成员", 0.5),
            Column("授权项目", 1.6),
            Column("签署日期"),
            Column("有效期至", 1.2),
            Column("撤销日期"),
            Column("授权查询范围", 1.4),
        ),
        (_authorisation(paper) for paper in contents.authorisations),
    )
    notes: tuple[str, ...] = ()
    if not head.papers_read:
        notes = ("工作目录不在结果库旁，委托单位、申请日期、授权书、与申请人关系未能读取。",)
    elif not papers:
        notes = ("未收到授权书。",)
    return Section("一、委托与依据", grids=(*grid("", columns, rows), *papers), notes=notes)


def _authorisation(paper: Authorisation) -> tuple[str, ...]:
    return (
        paper.number,
        "名册外" if paper.member_no is None else str(paper.member_no),
        titled(wording.PROGRAMMES, paper.programme),
        text(paper.signed_on),
        text(paper.valid_to) if paper.valid_to else "至停止救助",
        text(paper.revoked_on) if paper.revoked_on else "未撤销",
        _scope(paper.sources),
    )


def _scope(sources: str | None) -> str:
    if not sources:
        return "全部来源"
    return "、".join(titled(wording.SOURCES, one.strip()) for one in sources.split(";"))


def household(contents: Contents) -> Section:
    """Section 2: members and obligors, who is in and who is not, and why."""
    first = {person.person_ref: person.member_no for person in reversed(contents.people)}
    columns = (
        Column("序号", 0.5),
        Column("姓名", 0.8),
        Column("证件号码", 2),
        Column("与申请人关系", 1.2),
        Column("成员类别", 1.2),
        Column("是否计入", 1.6),
    )
    rows = (
        (
            str(person.member_no),
            text(person.name_masked),
            text(person.id_no_masked),
            titled(wording.RELATIONS, person.relation, missing=UNREAD),
            titled(wording.ROLES, person.role, missing=UNREAD),
            _counted(person, first[person.person_ref]),
        )
        for person in contents.people
    )
    counted = {v.persons_counted for v in contents.requested}
    known = "、".join(f"{n}人" for n in sorted(n for n in counted if n is not None))
    told = f"本次核对计入：{known}。" if known else "本次核对计入人数：未知。"
    return Section("二、家庭成员与法定义务人", (told,), grid("", columns, rows), (wording.MASKED,))


def _counted(person: Person, first: int) -> str:
    if first != person.member_no:
        return f"与第{first}位为同一人，不重复计入"
    if person.role is None:
        return UNREAD
    if person.role == "excluded":
        why = titled(wording.EXCLUDED, person.excluded_reason, missing="未填原因")
        return f"不计入（{why}）"
    if person.role == "obligor":
        return "不计入（不共同生活，核对赡养抚养能力）"
    found = "、".join(titled(wording.QUANTITIES, one) for one in person.because)
    if person.left_out:
        return f"按规则不计入（查到{found}，见附件证据）" if found else "按规则不计入"
    return f"查到{found}，是否计入见理由" if found else "按名册计入"


def sources(contents: Contents) -> Section:
    """Section 3: the coverage statement. Who was asked, who answered, as of when, and who kept silent."""
    columns = (
        Column("来源", 1.3),
        Column("机构", 0.7),
        Column("答复"),
        Column("成员", 1),
        Column("查询日期", 1.3),
        Column("答复日期", 1.3),
        Column("数据截至", 1.3),
    )
    silent = [a for a in contents.coverage if a.state in wording.SILENT]
    lists = grid("未取得答复的来源（沉默名单）", columns, (_answer(answer) for answer in silent))
    whole = grid("查询与答复", columns, (_answer(answer) for answer in contents.coverage))
    if not contents.coverage:
        told = "没有查询记录：未获有效授权的人员不查询、不读取。"
    elif silent:
        told = f"共{len(contents.coverage)}组查询，其中{len(silent)}组未取得可用的答复。"
    else:
        told = f"共{len(contents.coverage)}组查询，全部取得答复。"
    paragraphs = (told, *_not_asked(contents))
    return Section(
        "三、查询来源与答复情况（覆盖声明）", paragraphs, (*lists, *whole), (wording.SILENCE,)
    )


def _not_asked(contents: Contents) -> tuple[str, ...]:
    """Whom the statement does not cover, as a whole or at one source: of them nothing is known, which is not the same as no record."""
    by_source: dict[str, set[int]] = {}
    for answer in contents.coverage:
        by_source.setdefault(answer.source, set()).update(answer.members)
    asked = set[int]().union(*by_source.values())
    first = {person.person_ref: person.member_no for person in reversed(contents.people)}
    nobody = [no for no in sorted(first.values()) if no not in asked]
    told = []
    if nobody and asked:
        told.append(
            f"没有查询成员{members(nobody)}：未获有效授权的人员不查询、不读取，其情况未知。"
        )
    partly = [
        f"{titled(wording.SOURCES, source)}：成员{members(sorted(asked - found))}"
        for source, found in by_source.items()
        if asked - found
    ]
    if partly:
        told.append(f"以下来源没有这些成员的查询记录，其情况未知——{'；'.join(partly)}。")
    return tuple(told)


def _answer(answer: Answer) -> tuple[str, ...]:
    return (
        titled(wording.SOURCES, answer.source),
        text(answer.institution),
        titled(wording.STATES, answer.state),
        members(answer.members),
        span(answer.asked),
        span(answer.replied),
        span(answer.as_of),
    )

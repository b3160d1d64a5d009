"""What each entry of an institution's file means, in Chinese, by declaration and entry. Words only; `asking.reference` makes the page of them."""

from __future__ import annotations

MEANINGS: dict[str, dict[str, str]] = {
    "Institution": {
        "name": "机构名称，与数据中“机构”一列的写法一致",
        "answer_days": "该机构的答复期限（工作日），与来源的 inquiries 不同时才写",
        "batch": "一个文件或一次调用最多多少人",
        "transport": "该机构自己的连接，与来源的 transport 不同时才写；文件往来用 folder、sftp、s3，接口用 http",
        "request": "以文件查询：查询文件怎么写；request 与 call 须且只须写一个",
        "call": "以接口查询：怎么调用",
        "answer": "答复怎么读；回执另成文件时，这里只写明细",
        "receipt": "回执另成文件时，回执怎么读；其 file 须与 answer 的含同样的 `{batch}` 或 `{key}`",
        "matched_by": "凭查询编号（`request_no`）还是证件号码加姓名（`person`）对应到查询",
    },
    "Layout": {
        "folder": "对方一侧的目录或前缀",
        "file": "文件名；占位符见各节",
        "format": "csv（认引号）、txt（不认引号）、fixed（定长）、xlsx 或 json",
        "encoding": "UTF-8、GB18030、GBK、GB2312 或 Big5；对方编码没有的字，该人不送出并写明",
        "delimiter": "csv、txt 的分隔符；制表符写 `tab`",
        "titles": "第一行是否为列名（定长与 json 没有）",
        "header": "列名之前的首行，`{count}` 处为行数；答复中行数不符即整份拒收",
        "trailer": "最后的尾行，写法同 header；传输不完整由此发现",
    },
    "Request": {
        "columns": "各列，按次序；须有 id_no 与 name。file 须含 `{batch}`，另可用 `{institution}` `{asked_on}`",
    },
    "Column": {
        "title": "列名（json 与接口中为键）",
        "value": "写什么，见下表",
        "text": "value 为 text 时所写的字",
        "width": "定长格式的字节数；超出宽度的人不送出并写明",
        "map": "“我方取值: 对方代码”；凡可能出现的取值都须写到",
        "date": "日期的写法",
    },
    "Answer": {
        "ready": "有同名加此后缀的文件（如 `.ok`）时才收",
        "columns": "没有列名行时，各列的名称与次序",
        "layout": "定长格式的各列",
        "rows": "json 中各条记录的位置，如 `data.items`；不写则为顶层",
        "total": "json 中记录数的位置，写明则核对",
        "fields": "“对方列名: 我方英文列名”，见下表；写明的列必须送到。file 可用 `{institution}` `{batch}` `{date}` `{key}` `{any}`",
        "codes": "“我方英文列名: {对方代码: 我方取值}”；state 须写全，出现没有写到的代码即整份拒收",
        "dates": "日期的写法，不是 2026-01-31 一类常见写法时才写",
        "amounts": "“我方英文列名: 单位”，按单位换算为元，分毫不差",
        "empty_account": "没有状态列时：账号为空的行即无记录，须写 `none`",
    },
    "Call": {
        "path": "接口路径，在 transport 的 url 之下；不得含个人信息",
        "per": "一人一次（person）还是一批一次（batch）",
        "rows": "一批一次时，各人所在的键",
        "poll": "未答复的，下一次以同一编号再调用",
        "columns": "所送的各项，每人一个对象",
    },
}
TOLD: dict[str, str] = {
    "serial": "序号，自 1 起",
    "request_no": "查询编号",
    "name": "姓名",
    "id_no": "证件号码",
    "id_type": "证件类型",
    "birth": "出生日期",
    "authorisation_no": "授权书编号",
    "purpose": "协议的用途",
    "programme": "救助类型；不写 map 时为中文名称",
    "agreement_no": "协议编号",
    "asked_on": "查询日期",
    "batch": "批次",
    "institution_code": "机构编号",
    "remark": "催办文件中为“催办”，平时为空",
    "text": "各行相同的字，写在 text",
}
"""What a column of a request may tell (`institution.Told`)."""

TARGETS: dict[str, str] = {
    "request_no": "查询编号",
    "state": "答复状态：`found` 有记录、`none` 无记录、`identity_mismatch` 身份不符、`no_answer` 未能查询",
    "replied_on": "答复日期；不写则取文件名的 `{date}`，再没有则取收取日",
    "rows": "对方所称的记录数，与明细不符的按未答复处理",
    "其他": "银行存款、证券持仓、保险单各列的英文名，见[数据字典](dictionary.md)；机构编号与名称不必写",
}
"""Where a column of an answer may lead (`institution.OF_REPLY`, and the account dataset)."""

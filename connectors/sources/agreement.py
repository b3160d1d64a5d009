"""Nothing is called but under an agreement in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.errors import SourceRefused

if TYPE_CHECKING:
    from datetime import date

    from connectors.sources.declaration import Source


def hold_agreement(source: Source, on: date) -> None:
    """Hold a source's agreement against a day; its last day counts.

    Raises:
        SourceRefused: the agreement is not in force that day.

    """
    agreement = source.agreement
    span = f"{agreement.valid_from} 至 {agreement.valid_to or '长期'}"
    if on < agreement.valid_from:
        why = "尚未生效"
    elif agreement.valid_to is not None and on > agreement.valid_to:
        why = "已经到期"
    else:
        return
    raise SourceRefused(
        f"{source.name} 的数据共享协议 {agreement.no}（{span}）在 {on} {why}，未取数",
        "请与来源单位续签后更新 source.yaml 的 agreement",
    )

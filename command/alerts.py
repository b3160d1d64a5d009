"""`hedui alerts`: the group of commands about alerts. Each command has a file of its own and is added here."""

from __future__ import annotations

import click

from command.alerts_decide import decide, history
from command.alerts_list import list_alerts
from command.alerts_precision import precision
from command.alerts_sample import sample, score
from command.alerts_sheet import decide_sheet
from command.alerts_show import show

HELP = """预警：看有哪些线索、凭什么、如何查清，由具名工作人员作出处理。

预警是请人核实的线索，不是结论；是否属实、如何处理，由工作人员决定。

\b
例：
  hedui alerts list --warehouse 县.duckdb --severity B
  hedui alerts show --warehouse 县.duckdb --alert AL0123456789abcdef0123
  hedui alerts decide --warehouse 县.duckdb --alert AL0123456789abcdef0123 \\
      --action explain --clerk 王某 --reason 已看过托管协议 --at 2026-05-20T09:30:00
  hedui alerts precision --warehouse 县.duckdb
  hedui alerts sample --warehouse 县.duckdb --size 200 --seed 1 --out 抽样
"""


@click.group(help=HELP)
def alerts() -> None:
    """Group of the commands about alerts; its help is HELP."""


for added in (list_alerts, show, decide, decide_sheet, history, precision, sample, score):
    alerts.add_command(added)

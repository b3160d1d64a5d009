"""The entry point: commands, exit codes, and errors as one line. 0 done, 1 refused or failed, 2 wrong usage."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

import click

from command import (
    accounts,
    alerts,
    audit,
    casework,
    inquiries,
    inspections,
    keys,
    links,
    packs,
    referrals,
    seal,
    source,
    webhooks,
)  # their groups by way of the module: the program's own is the only group here
from command.cases import cases
from command.demo import demo
from command.export import export
from command.publish import publish
from command.report import report
from command.run import INTERRUPTED, run
from command.serve import serve
from command.show import show
from command.statistics import statistics
from command.verify import verify
from command.watch import watch
from command.whatif import whatif
from household.errors import HouseholdError

HELP = """核对：社会救助家庭经济状况核对。

从各部门报送的数据，到每份申请的建议、理由、证据与预警。

\b
第一次使用：
  hedui demo --out demo                      造一个虚拟县并完整运行
平时使用：
  hedui run --inbox 收件 --warehouse 县.duckdb --as-of 2026-05-20
  hedui source pull --all --sources 来源 --inbox 收件 --warehouse 县.duckdb    从各部门系统取数
  hedui inquiries ask banking --sources 来源 --inbox 收件 --warehouse 县.duckdb    逐人查询银行、证券、保险
  hedui show --warehouse 县.duckdb --application 申请编号
  hedui export --warehouse 县.duckdb --out 结果 --format xlsx
  hedui publish --warehouse 县.duckdb --postgres 地址    同步到审批系统的 PostgreSQL 数据库
  hedui report --warehouse 县.duckdb --application 申请编号 --out 报告.pdf    核对报告，加盖电子核对章
  hedui verify --report 报告.pdf             核验报告未被改动
  hedui serve --warehouse 县.duckdb --inbox 收件    接口与网页
  hedui accounts list --warehouse 县.duckdb  账号与角色（接口的密钥见 hedui keys，变更通知见 hedui webhooks）
  hedui watch --warehouse 县.duckdb --as-of 2026-06-20    在享对象监测：只告知变化与近期到期事项
  hedui alerts list --warehouse 县.duckdb    预警：查看线索与依据、处理、复核准确率
  hedui links list --warehouse 县.duckdb     人员关联：查看、人工判定、双人盲审
  hedui referrals list --warehouse 县.duckdb 转介：医保、教育、住房、就业、慈善名单
  hedui statistics --warehouse 县.duckdb     统计：地区、救助类型、事由、月份
  hedui inspect list --warehouse 县.duckdb   双随机检查：抽取、派员、核验
  hedui audit verify --warehouse 县.duckdb   审计日志：谁查阅了哪一户，核验日志未被改动
  hedui whatif --warehouse 县.duckdb --pack 新规则包    政策试算：谁受益、谁受损、每月多少钱
  hedui casework check --warehouse 县.duckdb 人工判定库：检查是否完好、升级
  hedui cases                                运行规则包的案例，逐项比对
  hedui packs check --packs 本地规则            检查规则包，错误逐条列出文件与行号

\b
退出码：0 完成（有发现也是完成）；1 被拒绝或失败，标准错误输出一行原因；2 用法不对。
人员代号的密钥放在环境变量 HEDUI_PERSON_KEY 中，不出现在命令行里。
"""


@click.group(help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hedui", prog_name="hedui", message="%(prog)s %(version)s")
def hedui() -> None:
    """Group of the commands; its help is HELP."""


hedui.add_command(run)
hedui.add_command(demo)
hedui.add_command(show)
hedui.add_command(export)
hedui.add_command(publish)
hedui.add_command(report)
hedui.add_command(verify)
hedui.add_command(seal.seal)
hedui.add_command(serve)
hedui.add_command(accounts.accounts)
hedui.add_command(keys.keys)
hedui.add_command(webhooks.webhooks)
hedui.add_command(source.source)
hedui.add_command(inquiries.inquiries)
hedui.add_command(alerts.alerts)
hedui.add_command(links.links)
hedui.add_command(casework.casework)
hedui.add_command(referrals.referrals)
hedui.add_command(statistics)
hedui.add_command(inspections.inspect)
hedui.add_command(packs.packs)
hedui.add_command(audit.audit)
hedui.add_command(cases)
hedui.add_command(whatif)
hedui.add_command(watch)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the program and leave with its exit code. No error of any kind is shown as a traceback."""
    # Loading the libraries makes a million objects that live to the end; looking for garbage among them takes seconds.
    gc.set_threshold(100_000, 50, 100)
    try:
        hedui.main(arguments, prog_name="hedui", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        _say(error.format_message())
        sys.exit(1)
    except HouseholdError as error:
        _say(str(error))
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        _say("；".join(INTERRUPTED))
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except MemoryError:
        _say("内存不足，未发布任何内容；请在内存更大的机器上运行，或用 --region 分地区运行")
        sys.exit(1)
    except OSError as error:
        _say(f"系统错误：{error.strerror or type(error).__name__}；请检查磁盘空间与目录权限")
        sys.exit(1)
    except Exception as error:
        from pipelines.trouble import describe_error

        _say(f"{describe_error(error)}；请将这一行交给维护人员")
        sys.exit(1)
    sys.exit(0)


def _say(line: str) -> None:
    click.echo(f"hedui: {' '.join(line.split())}", err=True)

"""The one resource: the workplace. From the environment and the run's configuration, or the one that the command line made."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import dagster as dg

from household.errors import HouseholdError, InputError
from pipelines.settings import check_order, order_of, read_settings
from pipelines.workplace import Workplace

WORKPLACE = "workplace"
RETRIES = 3
SHANGHAI = ZoneInfo("Asia/Shanghai")

CONFIG = {
    "as_of": dg.Field(
        dg.Noneable(str),
        default_value=None,
        is_required=False,
        description="核对基准日，如 2026-05-20；不填取 HEDUI_AS_OF，再不填取本次运行发起之日（北京时间）",
    )
}


def _open(context: dg.InitResourceContext) -> Workplace:
    try:
        settings = read_settings()
        asked = context.resource_config["as_of"]
        as_of = date.fromisoformat(asked) if asked else settings.as_of or _launched_on(context)
        order = order_of(settings, as_of=as_of)
        check_order(order)
    except ValueError:
        raise dg.Failure("as_of 不是日期；请写成 2026-05-20", allow_retries=False) from None
    except HouseholdError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    return Workplace(order, retries=RETRIES)


def _launched_on(context: dg.InitResourceContext) -> date:
    """The day on which the run was launched, the same for all its steps."""
    instance, run = context.instance, context.run
    record = instance.get_run_record_by_id(run.run_id) if instance and run else None
    if record is None:
        raise InputError("没有指定核对基准日", "请在运行配置中填写 as_of，或设置 HEDUI_AS_OF")
    return record.create_timestamp.astimezone(SHANGHAI).date()


def on_day(day: date) -> dict[str, object]:
    """Run configuration for a day."""
    return {"resources": {WORKPLACE: {"config": {"as_of": day.isoformat()}}}}


def shanghai_day(seconds: float) -> date:
    """The day in Asia/Shanghai at an instant, given in seconds of the epoch."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI).date()


FROM_ENVIRONMENT = dg.ResourceDefinition(
    _open, config_schema=CONFIG, description="收件目录、结果库、规则包与密钥：来自 HEDUI_* 环境变量"
)


def made_already(work: Workplace) -> dg.ResourceDefinition:
    """The resource of a run whose workplace exists."""
    return dg.ResourceDefinition.hardcoded_resource(work)


def workplace_of(context: dg.AssetExecutionContext | dg.OpExecutionContext) -> Workplace:
    """The workplace of a step."""
    work = getattr(context.resources, WORKPLACE)
    assert isinstance(work, Workplace)
    return work

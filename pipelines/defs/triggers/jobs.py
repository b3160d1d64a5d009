"""The job that schedules and sensors start: all steps."""

from __future__ import annotations

import dagster as dg

WHOLE_RUN = dg.define_asset_job(
    "whole_run",
    selection=dg.AssetSelection.all(),
    description="完整运行一次：收件、替代与门禁、身份、核算与预警、发布。没有新的内容时不发布。",
)

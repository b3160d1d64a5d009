"""The job that schedules and sensors start: all steps."""

from __future__ import annotations

import dagster as dg

PULLS = ("hedui/step", "pull")
"""Tag of the assets that no run waits for: a source that does not answer must not keep anybody from what is there."""

WHOLE_RUN = dg.define_asset_job(
    "whole_run",
    selection=dg.AssetSelection.all() - dg.AssetSelection.tag(*PULLS),
    description="完整运行一次：收件、替代与门禁、身份、核算与预警、发布。没有新的内容时不发布。",
)

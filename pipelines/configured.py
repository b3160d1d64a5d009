"""The configured sources as Dagster is shown them, and one of them opened for a step. Where none are configured there are none to show.

A source whose declaration has a mistake is left out and told of: it must not keep the others from being pulled, nor a run from starting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectors.sources.reading import examine_sources, read_source
from household.errors import HouseholdError, InputError
from pipelines.pulling import Deployment
from pipelines.settings import PREFIX, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.sources.declaration import Source
    from pipelines.settings import Settings
    from pipelines.workplace import Workplace


@dataclass(frozen=True)
class Configured:
    """Sources without a mistake by name, and one line for every mistake."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    mistakes: tuple[str, ...] = ()


def configured_sources() -> Configured:
    """What stands in the folder that the environment names; nothing where it names none. Raises nothing."""
    try:
        folder = read_settings().sources
        if folder is None:
            return Configured()
        sources, mistakes = examine_sources(folder)
    except HouseholdError as error:
        return Configured(mistakes=(str(error),))
    wrong = {mistake.file.split("/", 1)[0] for mistake in mistakes}
    sound = {name: source for name, source in sources.items() if name not in wrong}
    return Configured(sound, tuple(str(mistake) for mistake in mistakes))


def open_source(work: Workplace, name: str) -> tuple[Deployment, Settings]:
    """A deployment of one source, read anew: what is declared may have changed since Dagster was started.

    Raises:
        InputError: no folder is set, or the source's declaration has a mistake.

    """
    settings = read_settings()
    if settings.sources is None:
        raise InputError("没有指定来源的部署目录", f"请设置环境变量 {PREFIX}SOURCES")
    sources = {name: read_source(settings.sources / name)}
    return Deployment(sources, settings.sources, work.order.inbox, work.order.warehouse), settings

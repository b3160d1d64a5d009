"""Data docs: the gates' results as a site of static pages, rendered by Great Expectations and readable without a network.

Built from results, never from data, so no personal value can be in them; two builds of the same results are equal byte by byte.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from household.errors import InputError
from household.schema.datasets import DATASETS
from quality import warm
from quality.offline_pages import STYLESHEET, TURNAROUND, index_page, offline_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quality.gate import GateResult

_SITE = "hedui"
_BATCH = "profile"
_DRAWN: dict[tuple[str, date], str] = {}
_REMEMBERED = 256
"""Pages that a process keeps; one is some 30 kB."""


def build_data_docs(
    gates: Iterable[GateResult], out: Path, *, as_of: date, turnaround: str = ""
) -> Path:
    """Write the site: `index.html`, one page a dataset, the page of turnaround where there is one, and a stylesheet.

    Args:
        gates: results of `hold_gate`, in the order of the index.
        out: folder of the site. One built before is replaced whole; any other folder with something in it is refused.
        as_of: day of the run, which stands in the pages as run name and time.
        turnaround: the page of institutions' turnaround (`turnaround_page.draw_page`); empty where nobody was asked.

    Returns:
        The path of the index.

    Raises:
        InputError: `out` is not a folder that a site may be written to.

    """
    held = list(gates)
    _refuse_strangers(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as aside:
        site = Path(aside) / "site"
        site.mkdir()
        for dataset, text in _pages(held, Path(aside) / "rendered", as_of):
            (site / f"{dataset}.html").write_text(text, encoding="utf-8", newline="\n")
        names = {name: dataset.title_zh for name, dataset in DATASETS.items()}
        if turnaround:
            (site / TURNAROUND).write_text(turnaround, encoding="utf-8", newline="\n")
        index = index_page(
            held, titles=names, as_of=as_of.isoformat(), has_turnaround=bool(turnaround)
        )
        (site / "index.html").write_text(index, encoding="utf-8", newline="\n")
        shutil.copyfile(Path(__file__).with_name(STYLESHEET), site / STYLESHEET)
        if out.exists():
            out.rename(Path(aside) / "replaced")
        site.rename(out)
    return out / "index.html"


def _refuse_strangers(out: Path) -> None:
    """A mistyped path must not cost anybody a folder."""
    if out.is_dir() and any(out.iterdir()) and not (out / STYLESHEET).exists():
        raise InputError(f"目录 {out.name} 中有别的文件, 未写入", "请另选一个空目录")
    if out.exists() and not out.is_dir():
        raise InputError(f"{out.name} 是文件而不是目录, 未写入", "请另选一个目录")


def _pages(gates: list[GateResult], folder: Path, as_of: date) -> Iterator[tuple[str, str]]:
    """Dataset and page of every gate that was validated. A page follows from its result alone: what this process drew before is not drawn again."""
    asked = {
        (json.dumps(gate.to_dict(), sort_keys=True), as_of): gate
        for gate in gates
        if gate.validation is not None
    }
    missing = [gate for key, gate in asked.items() if key not in _DRAWN]
    if len(_DRAWN) + len(missing) > _REMEMBERED:
        _DRAWN.clear()
        missing = list(asked.values())
    if missing:
        _render(missing, folder, as_of)
    for key, gate in asked.items():
        if key not in _DRAWN:
            (page,) = (folder / "validations" / Path(*gate.dataset.split("."))).rglob("*.html")
            titles = {r.check_id: r.title_zh for r in gate.results}
            _DRAWN[key] = offline_page(page.read_text(encoding="utf-8"), titles=titles)
        yield gate.dataset, _DRAWN[key]


def _render(gates: list[GateResult], folder: Path, as_of: date) -> None:
    """Great Expectations' own pages of these results, in a context of their own."""
    gx = warm.engine()
    types = gx.data_context.types
    context = gx.get_context(
        mode="ephemeral",
        project_config=types.base.DataContextConfig(
            store_backend_defaults=types.base.InMemoryStoreBackendDefaults(
                init_temp_docs_sites=False
            )
        ),
    )
    section = {"expectations": "none", "profiling": "none"}  # its word for leaving them out
    context.add_data_docs_site(
        _SITE,
        {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder),
            },
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "site_section_builders": section,
        },
    )
    ids = types.resource_identifiers
    run = gx.core.run_identifier.RunIdentifier(
        run_name=as_of.isoformat(), run_time=datetime.combine(as_of, time(), tzinfo=UTC)
    )
    for gate in gates:
        if gate.validation is None:
            continue
        suite = ids.ExpectationSuiteIdentifier(gate.validation["suite_name"])
        key = ids.ValidationResultIdentifier(suite, run, _BATCH)
        context.validation_results_store.set(key, _validation(gx, gate, run))
    context.build_data_docs(site_names=[_SITE], build_index=False)


def _validation(gx: Any, gate: GateResult, run: Any) -> Any:
    """The suite's result as an object of Great Expectations, each observed number with its line of counts."""
    assert gate.validation is not None
    observed = {r.check_id: r.observed for r in gate.results}
    results = [
        gx.core.ExpectationValidationResult(
            success=result["success"],
            expectation_config=gx.expectations.expectation_configuration.ExpectationConfiguration(
                **result["expectation_config"]
            ),
            result={
                "observed_value": _observed(
                    result["result"]["observed_value"],
                    observed[result["expectation_config"]["meta"]["check_id"]],
                )
            },
        )
        for result in gate.validation["results"]
    ]
    return gx.core.ExpectationSuiteValidationResult(
        success=gate.validation["success"],
        results=results,
        suite_name=gate.validation["suite_name"],
        statistics=dict(gate.validation["statistics"]),
        meta={
            "run_id": run.to_json_dict(),
            "great_expectations_version": gx.__version__,
            "active_batch_definition": {"data_asset_name": gate.validation["title_zh"]},
        },
    )


def _observed(value: float | None, text: str) -> str:
    return text if value is None else f"{value:.4g} ({text})"

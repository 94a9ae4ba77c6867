"""The page that lies beside every exported dataset: what is in it, and how to load it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import numpy as np

import segstudio
from segstudio.core import class_balance
from segstudio.core.classes import ClassTable
from segstudio.core.labels import Ink
from segstudio.formats.export_values import ExportPlan, ExportReport
from segstudio.formats.picture_statistics import PictureStatistics

NAME = "dataset_card.md"

_AUTHORS = {Ink.PERSON: "a person", Ink.MODEL: "a model", Ink.REFINEMENT: "refinement"}


def text(
    name: str,
    plan: ExportPlan,
    classes: ClassTable,
    report: ExportReport,
    statistics: PictureStatistics | None,
) -> str:
    """Return the page, in Markdown.

    Parameters
    ----------
    name : str
        Of the dataset.
    """
    parts = [
        f"# {name}",
        _facts(plan, report),
        "## Classes",
        _classes(classes, report),
        "## Who wrote the labels",
        _authors(report),
    ]
    if statistics is not None:
        parts += ["## Pictures", _pictures(statistics)]
    code = plan.format.loading_code(classes)
    if code:
        parts += ["## Loading", f"```python\n{code.strip()}\n```"]
    return "\n\n".join(parts) + "\n"


def _facts(plan: ExportPlan, report: ExportReport) -> str:
    rows = [
        ("format", plan.format.title),
        ("label maps", f"{report.written:,}"),
        *((part, f"{count:,} images") for part, count in report.parts.items()),
        ("read back and identical", f"{report.identical:,} of {report.written:,}"),
        ("never looked at by a person", f"{report.never_seen:,}"),
        ("written", f"{datetime.now(UTC):%Y-%m-%d} by segstudio {segstudio.__version__}"),
    ]
    if report.changed_pixels:
        rows.insert(-1, ("pixels that the format cannot hold", f"{report.changed_pixels:,}"))
    return table(("", ""), rows)


def _classes(classes: ClassTable, report: ExportReport) -> str:
    counts = np.array([report.pixels.get(entry.name, 0) for entry in classes], np.int64)
    weights = class_balance.class_weights(counts)
    total = max(1, int(counts.sum()))
    rows = [
        (str(entry.index), entry.name, "#{:02x}{:02x}{:02x}".format(*entry.colour),
         f"{count:,}", f"{100 * count / total:.2f} %", f"{weight:.2f}")
        for entry, count, weight in zip(classes, counts.tolist(), weights, strict=True)
    ]  # fmt: skip
    note = (
        f"{report.ignored_pixels:,} pixels count for nothing. The weights make up for rare "
        "classes: inverse square roots of the shares."
    )
    return table(("number", "class", "colour", "pixels", "share", "weight"), rows) + f"\n\n{note}"


def _authors(report: ExportReport) -> str:
    total = max(1, sum(report.ink[author] for author in _AUTHORS))
    return table(
        ("author", "pixels", "share"),
        [
            (who, f"{report.ink[author]:,}", f"{100 * report.ink[author] / total:.1f} %")
            for author, who in _AUTHORS.items()
        ],
    )


def _pictures(statistics: PictureStatistics) -> str:
    rows = [
        ("mean", *(f"{value:.2f}" for value in statistics.mean)),
        ("standard deviation", *(f"{value:.2f}" for value in statistics.std)),
    ]
    note = f"Of 0 to 255, over {statistics.pictures:,} pictures."
    return table(("", "red", "green", "blue"), rows) + f"\n\n{note}"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())

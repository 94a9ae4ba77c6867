"""Numbers of a dataset as the panel shows them: bars, lines, and warnings in words."""

from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import QCoreApplication

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.image_record import ImageState, Part
from segstudio.core.labels import IGNORE_COUNT
from segstudio.session.statistics import Imbalance, Lack, Statistics, imbalances
from segstudio.ui.statistics_charts import ClassBar, exact_share
from segstudio.ui.statistics_panel import StatisticsShown

MOST_WARNINGS = 12
Kind = TypeVar("Kind", ImageState, Part)
_STATES = {
    ImageState.DONE: "done",
    ImageState.CHECKED: "checked",
    ImageState.IN_WORK: "in work",
    ImageState.SEGMENTED: "segmented",
    ImageState.NEW: "new",
    ImageState.SKIPPED: "skipped",
}
_PARTS = {Part.TRAINING: "training", Part.VALIDATION: "validation", Part.TEST: "test"}


def shown(statistics: Statistics, classes: ClassTable, *, of_all: bool) -> StatisticsShown:
    """Put totals of one image or of all into words and bars."""
    bars = class_bars(statistics, classes) if statistics.labelled else ()
    if not of_all:
        return StatisticsShown(bars, statistics.ink)
    return StatisticsShown(
        bars=bars,
        ink=statistics.ink,
        states=_counted(statistics.states, _STATES),
        parts=_counted(statistics.parts, _PARTS),
        days=statistics.done_by_day,
        warnings=warning_lines(imbalances(statistics, classes), classes),
    )


def class_bars(statistics: Statistics, classes: ClassTable) -> tuple[ClassBar, ...]:
    """Return a bar for each class of the table and each that occurs, then Ignore and unlabelled."""
    whole = max(1, statistics.pixels)
    known = set(classes.indices)
    others = sorted(i for i in statistics.classes if i < IGNORE_INDEX and i not in known)
    colours = classes.colour_table()
    rows = [(index, classes.name_of(index)) for index in (*classes.indices, *others)]
    if IGNORE_COUNT in statistics.classes:
        rows.append((IGNORE_COUNT, _tr("Ignore")))
    if IGNORE_INDEX in statistics.classes:
        rows.append((IGNORE_INDEX, _tr("Unlabelled")))
    bars = []
    for index, name in rows:
        total = statistics.total(index)
        red, green, blue = (int(level) for level in colours[min(index, IGNORE_INDEX)])
        colour = (red, green, blue) if index < IGNORE_INDEX else None
        has_swatch = index != IGNORE_INDEX
        share = total.pixels / whole
        bars.append(ClassBar(name, colour, share, total.pixels, total.images, has_swatch))
    return tuple(bars)


def warning_lines(found: tuple[Imbalance, ...], classes: ClassTable) -> tuple[str, ...]:
    """Return a sentence for each of the first warnings, and how many more there are."""
    lines = [warning_text(warning, classes) for warning in found[:MOST_WARNINGS]]
    if len(found) > MOST_WARNINGS:
        lines.append(_tr("And %d more.") % (len(found) - MOST_WARNINGS))
    return tuple(lines)


def warning_text(warning: Imbalance, classes: ClassTable) -> str:
    """Return what a class lacks, in a sentence."""
    name = classes.name_of(warning.index)
    if warning.lack is Lack.PART:
        form = _tr("{name} is in no {part} image.")
        return form.format(name=name, part=_tr(_PARTS[warning.part]))
    if warning.lack is Lack.PIXELS:
        form = _tr("{name} has only {share} of the labelled pixels.")
        return form.format(name=name, share=exact_share(warning.share))
    if not warning.images:
        return _tr("{name} is in no image yet.").format(name=name)
    one, several = _tr("{name} is in 1 image only."), _tr("{name} is in {count} images only.")
    return (one if warning.images == 1 else several).format(name=name, count=warning.images)


def _counted(counts: Mapping[Kind, int], names: Mapping[Kind, str]) -> str:
    found = (f"{counts[key]:,} {_tr(word)}" for key, word in names.items() if key in counts)
    # A number stays with its word where the line breaks.
    return " · ".join(text.replace(" ", "\N{NO-BREAK SPACE}") for text in found)


def _tr(text: str) -> str:
    return QCoreApplication.translate("statistics_text", text)

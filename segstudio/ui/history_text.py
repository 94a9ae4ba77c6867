"""Words for steps: the tool, who was at work, and when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.labels import Ink
from segstudio.core.patch import Origin
from segstudio.session.authorship import Authorship

MACHINES = (Ink.MODEL, Ink.REFINEMENT)
_TOOLS = {
    "brush": ("brush", "Brush"),
    "eraser": ("eraser", "Eraser"),
    "scribble": ("scribble", "Scribble"),
    "snap": ("snap", "Snap"),
    "polygon": ("polygon", "Polygon"),
    "fill": ("fill", "Fill"),
    "wand": ("wand", "Wand"),
    "superpixel": ("superpixel", "Superpixel"),
    "scissors": ("scissors", "Scissors"),
    "box_cut": ("box_cut", "Box cut"),
    "segment": ("segment", "Segment"),
    "refine": ("segment", "Refine"),
    "take_labels": ("copy", "Labels taken"),
    "fill_holes": ("region", "Fill holes"),
    "remove_islands": ("region", "Remove islands"),
    "keep_largest": ("region", "Keep largest"),
    "smooth_boundaries": ("region", "Smooth"),
    "grow": ("region", "Grow"),
    "shrink": ("region", "Shrink"),
    "ignore_band": ("region", "Boundaries"),
    "replace_class": ("swap", "Replace"),
    "swap_classes": ("swap", "Swap"),
    "fill_unlabelled": ("region", "Fill unlabelled"),
    "change_stroke": ("brush", "Stroke changed"),
    "merge": ("copy", "Merge"),
}
_AUTHORS = {Ink.MODEL: "model", Ink.REFINEMENT: "refinement", Ink.PERSON: "person"}
SINCE_SEGMENT = "since Segment"
_NO_TITLES: Mapping[str, str] = MappingProxyType({})


def tool_icon(tool: str) -> str:
    """Return the icon of a tool or job."""
    return _TOOLS.get(tool, ("region", ""))[0]


def tool_name(tool: str) -> str:
    """Return the name of a tool or job."""
    known = _TOOLS.get(tool)
    return _tr(known[1]) if known else tool.replace("_", " ").capitalize()


def author_of(origin: Origin) -> Ink:
    """Return whose step it is: what nobody has written any more, a person erased."""
    return origin.author if origin.author in MACHINES else Ink.PERSON


def author_name(author: Ink) -> str:
    """Return person, model or refinement."""
    return _tr(_AUTHORS[author])


def subject(origin: Origin, classes: ClassTable, models: Mapping[str, str] = _NO_TITLES) -> str:
    """Return what a step is about: its class, else its model, by the titles of `models`."""
    if origin.class_index is None:
        return models.get(origin.detail, origin.detail)
    if origin.class_index == IGNORE_INDEX:
        return "" if origin.author == Ink.NOBODY else _tr("Ignore")
    return classes.name_of(origin.class_index)


def moment(seconds: float, now: datetime | None = None) -> str:
    """Return a time of day, with the date where it is not today's."""
    when, today = datetime.fromtimestamp(seconds), now or datetime.now()
    clock = f"{when:%H:%M}"
    if when.date() == today.date():
        return clock
    form = "d MMM" if when.year == today.year else "d MMM yyyy"
    return f"{QLocale().toString(QDateTime.fromSecsSinceEpoch(int(seconds)), form)}, {clock}"


def short_moment(seconds: float, now: datetime | None = None) -> str:
    """Return what there is room for in a row: the time of day, or the day where it is another."""
    when, today = datetime.fromtimestamp(seconds), now or datetime.now()
    if when.date() == today.date():
        return f"{when:%H:%M}"
    return str(QLocale().toString(QDateTime.fromSecsSinceEpoch(int(seconds)), "d MMM"))


def who_text(found: Authorship, models: Mapping[str, str]) -> str:
    """Return who made a pixel, how and when; `models` are titles by name."""
    origin = found.origin
    if origin is None:
        older = _tr("before the steps that are kept")
        if found.ink is Ink.NOBODY:
            return _tr("nobody has written it")
        return f"{_by(found.ink, '')} · {older}"
    parts = [
        tool_name(origin.tool),
        models.get(origin.detail, origin.detail) or _by(author_of(origin), origin.annotator),
        moment(origin.time),
        _tr("step %d") % found.step,
    ]
    return " · ".join(parts)


def _by(ink: Ink, annotator: str) -> str:
    if ink is Ink.MODEL:
        return _tr("by the model")
    if ink is Ink.REFINEMENT:
        return _tr("by the refinement")
    return _tr("by %s") % annotator if annotator else _tr("by you")


class StepFilter:
    """Tells which steps a person wants to see, from words such as “person” or “since Segment”."""

    def __init__(
        self, text: str, classes: ClassTable, models: Mapping[str, str] = _NO_TITLES
    ) -> None:
        wanted = " ".join(text.split()).casefold()
        since = _tr(SINCE_SEGMENT).casefold()
        self.since_segment = since in wanted
        self._words: Sequence[str] = wanted.replace(since, " ").split()
        self._classes = classes
        self._models = models

    @property
    def shows_all(self) -> bool:
        """Whether nothing is asked for."""
        return not self._words and not self.since_segment

    def accepts(self, origin: Origin) -> bool:
        """Return whether every word is about the step, leaving out since when."""
        if not self._words:
            return True
        about = (
            author_name(author_of(origin)),
            tool_name(origin.tool),
            subject(origin, self._classes, self._models),
            origin.detail,
            origin.annotator,
        )
        told = " ".join(about).casefold()
        return all(word in told for word in self._words)


def _tr(text: str) -> str:
    return QCoreApplication.translate("history_text", text)

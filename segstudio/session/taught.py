"""What came of Teach: a model that waits to be used or not, and what is to be said of it."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.lesson import Lesson, LessonResult, Verdict
from segstudio.core.model_info import ModelInfo
from segstudio.core.model_version import ModelVersion
from segstudio.session.class_book import ClassBook

MOST_NAMED = 3
"""Images that could not be used and are named; the rest is counted."""


@dataclass(frozen=True, eq=False)
class Learned:
    """What the engine brought of a lesson, and the file that it wrote."""

    lesson: Lesson
    result: LessonResult
    out: Path
    size_bytes: int


@dataclass(frozen=True, eq=False)
class Taught:
    """A model that was taught, and waits to be used or not.

    Attributes
    ----------
    version : ModelVersion
        As it will be kept.
    old : ModelInfo or None
        The model that it began with, and that it is compared with.
    classes : ClassTable
        That it knows, with their indices of the project.
    is_offered : bool
        False where the held-out images say that the old one is better.
    told : tuple of str
        Sentences about what was otherwise than expected: another beginning, images left out,
        classes that came or went meanwhile.
    """

    result: LessonResult
    version: ModelVersion
    old: ModelInfo | None
    classes: ClassTable
    is_offered: bool
    told: tuple[str, ...] = ()


def taught(
    learned: Learned,
    old: ModelInfo | None,
    before: ClassTable,
    book: ClassBook,
    author: str,
    known: Collection[str],
) -> Taught:
    """Return what is to be decided about.

    Parameters
    ----------
    before : ClassTable
        The class table when the lesson began.
    known : collection of str
        Images that the model has learned from that it began with.
    """
    lesson, result = learned.lesson, learned.result
    version = ModelVersion(
        number=0,  # it gets one when it is kept
        name=lesson.name,
        title=lesson.title,
        parent=lesson.start,
        classes=tuple((entry.index, entry.name) for entry in lesson.classes),
        training=lesson.training,
        held_out=lesson.held_out,
        verdict=result.verdict.value,
        before=result.before,
        after=result.after,
        settings={
            "reach": lesson.reach,
            "minutes": lesson.minutes,
            "seed": lesson.seed,
            "steps": result.steps,
            "seconds": round(result.seconds, 1),
            "stopped": result.stopped,
        },
        metrics=dict(result.metrics),
        made_at=time.time(),
        author=author,
        size_bytes=learned.size_bytes,
    )
    told = (
        *result.told,
        *_seen_before(known, lesson.held_out),
        *_skipped(result.skipped),
        *_class_changes(lesson.classes, before, book),
    )
    offered = result.verdict is not Verdict.WORSE
    return Taught(result, version, old, lesson.classes, offered, told)


def _seen_before(known: Collection[str], held_out: Collection[str]) -> list[str]:
    """Say that images were learned from before a person had them held out."""
    seen = sum(name in known for name in held_out)
    if not seen:
        return []
    text = _tr(
        "{count} of {all} held-out images were learned from in earlier rounds: the scores are too "
        "good."
    )
    return [text.format(count=seen, all=len(held_out))]


def _skipped(skipped: dict[str, str]) -> list[str]:
    """Say which images could not be used."""
    told = [f"{name}: {why}" for name, why in list(skipped.items())[:MOST_NAMED]]
    more = len(skipped) - len(told)
    return [*told, _tr("%d more images could not be used.") % more] if more > 0 else told


def _class_changes(known: ClassTable, before: ClassTable, book: ClassBook) -> list[str]:
    """Say what became of classes while the model was taught."""
    table, told = book.table, []
    for entry in known:
        if table.get(entry.index) is None:
            text = _tr(
                "“{name}” is gone meanwhile. Where the model finds it, pixels become {then}."
            )
            then = _became(book.became.get(entry.index), table)
            told.append(text.format(name=entry.name, then=then))
    for entry in table:
        if before.get(entry.index) is None:
            text = _tr("“%s” came meanwhile; the model learns it when it is taught again.")
            told.append(text % entry.name)
    return told


def _became(index: int | None, table: ClassTable) -> str:
    entry = table.get(index) if index is not None else None
    if entry is not None:
        return f"“{entry.name}”"
    return _tr("Ignore") if index == IGNORE_INDEX else _tr("unlabelled")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Taught", text)

"""What Teach says: what there is to learn from, how far it is, what came of it."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QCoreApplication

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.core.lesson import LessonNews, LessonResult, Verdict
from segstudio.session.taught import Taught
from segstudio.session.teachable import Usable, UsableImage
from segstudio.ui.batch_wiring import duration_text
from segstudio.ui.teach_images import ImageRow
from segstudio.ui.teach_rows import ClassChange, TaughtClass, change_of, change_text, score_text

_ROLES = {Verdict.BETTER: "success", Verdict.WORSE: "danger"}
"""Of the colour of a verdict; all others are plain."""


# Before ---------------------------------------------------------------------------------------


def image_rows(usable: Usable, records: Iterable[ImageRecord]) -> list[ImageRow]:
    """Return the images to learn from, and those of the test part, that must not be."""
    rows = [
        ImageRow(image.name, image.state, _gives(image), is_used=image.is_used)
        for image in usable.images
    ]
    known = {row.name for row in rows}
    rows += [
        ImageRow(record.name, record.state, _tr("Test: never learned from"), can_use=False)
        for record in records
        if record.part is Part.TEST
        and record.name not in known
        and record.state is not ImageState.SKIPPED
        and record.has_labels
    ]
    return rows


def _gives(image: UsableImage) -> str:
    gives = _tr("Done") if image.is_done else _tr("{:,} px painted").format(image.person_pixels)
    if image.part is Part.VALIDATION:
        return _tr("%s · for checking") % gives
    return gives


def class_rows(usable: Usable) -> list[TaughtClass]:
    """Return what there is of each class."""
    return [TaughtClass(c.name, c.colour, c.pixels, c.images) for c in usable.classes]


def images_heading(usable: Usable) -> str:
    """Return the heading of the list of images."""
    return _tr("Images · {used} of {all} used").format(used=usable.ready, all=len(usable.images))


def kept_line(usable: Usable) -> str:
    """Say what the new model will be measured on."""
    used = usable.used
    kept = sum(image.part is Part.VALIDATION for image in used)
    if not used:
        return ""
    if len(used) == 1:
        return _tr("With one image there is no score: nothing is left to check the model on.")
    if kept:
        one, several = _tr("1 image is kept"), _tr("%d images are kept")
        who = one if kept == 1 else several % kept
        return _tr("%s for checking and never learned from; they stay so.") % who
    if len(used) == 2:
        return _tr("With two images there is no score yet; from three on some are kept for it.")
    return _tr("Some images will be kept for checking, and stay so.")


def ready_text(ready: int) -> str:
    """Return the badge of the button; empty where there is nothing to learn from."""
    if not ready:
        return ""
    return _tr("1 image ready") if ready == 1 else _tr("%d images ready") % ready


# Meanwhile ------------------------------------------------------------------------------------


def stage_text(stage: str) -> str:
    """Return what is being done."""
    stages = {
        "read": _tr("Reading the images"),
        "features": _tr("Looking at the images"),
        "train": _tr("Learning"),
        "measure": _tr("Checking on the held-out images"),
    }
    return stages.get(stage, _tr("Starting"))


def line_of(news: LessonNews) -> str:
    """Return the line above the chart."""
    text = stage_text(news.stage)
    if news.seconds_left is None:
        return text
    return f"{text} · " + _tr("%s left") % duration_text(news.seconds_left)


def job_text(news: LessonNews) -> str:
    """Return the words of the job chip."""
    text = _tr("Teach %d %%") % (100 * news.done)
    if news.seconds_left is None:
        return text
    return f"{text} · " + _tr("%s left") % duration_text(news.seconds_left)


# Afterwards -----------------------------------------------------------------------------------


def verdict_role(verdict: Verdict) -> str:
    """Return the role of the colour of the headline."""
    return _ROLES.get(verdict, "")


def headline(taught: Taught) -> str:
    """Return the verdict in a few words; the score alone where there is nothing to compare."""
    result = taught.result
    before, after = score_text(result.before), score_text(result.after)
    alone = _tr("Mean IoU {after} on {images} it never saw")
    words = {
        Verdict.BETTER: _tr("Better: {before} → {after}"),
        Verdict.ALIKE: _tr("About the same: {before} → {after}"),
        Verdict.WORSE: _tr("Worse: {before} → {after}"),
        Verdict.NOT_COMPARABLE: alone,
        Verdict.FIRST: alone,
        Verdict.UNSCORED: _tr("Taught, without a score"),
    }
    images = _images(len(taught.version.held_out))
    return words[result.verdict].format(before=before, after=after, images=images)


def explanation(taught: Taught, records: Iterable[ImageRecord] = ()) -> str:
    """Return where the verdict comes from, and what follows from it.

    `records` are those of the images, as they are now.
    """
    result = taught.result
    old = taught.old.title if taught.old is not None else _tr("The old model")
    words = {
        Verdict.ALIKE: _tr("Too small a change to tell which one is better."),
        Verdict.WORSE: _tr("The old model stays unless you say otherwise."),
        Verdict.NOT_COMPARABLE: _tr("%s knows other classes, so there is no before.") % old,
        Verdict.FIRST: _tr("It is the first model of these classes, so there is no before."),
        Verdict.UNSCORED: _tr(
            "No image was left to check it on. Use it and Segment to see its work; with three "
            "labelled images or more there is a score."
        ),
    }
    sentences = [_measured(taught), words.get(result.verdict, ""), _partly(taught, records)]
    if result.stopped:
        sentences.append(_tr("Ended early: this is the best until then."))
    # What was left out stands behind a link of its own.
    left_out = {f"{name}: {why}" for name, why in result.skipped.items()}
    told = [sentence for sentence in taught.told if sentence not in left_out]
    return " ".join(filter(None, (*sentences, *told)))


def _measured(taught: Taught) -> str:
    result, held_out = taught.result, len(taught.version.held_out)
    if result.after is None or result.verdict in (Verdict.NOT_COMPARABLE, Verdict.FIRST):
        return ""  # the headline says it
    text = _tr("Mean IoU on %s that it never learned from") % _images(held_out)
    if result.change is None:
        return text + "."
    low, high = (change_text(round(value, 2)) for value in result.change)
    return text + _tr("; the change is {low} to {high} (95 %).").format(low=low, high=high)


def _partly(taught: Taught, records: Iterable[ImageRecord]) -> str:
    """Warn of a score that only tells of what somebody painted."""
    held_out = set(taught.version.held_out)
    if taught.result.after is None or not any(
        record.name in held_out and not record.state.is_finished for record in records
    ):
        return ""
    return _tr("Only painted pixels were checked: images that are done tell more.")


def _images(count: int) -> str:
    return _tr("1 image") if count == 1 else _tr("%d images") % count


def changes(taught: Taught) -> list[ClassChange]:
    """Return the rows of the table; none where nothing was measured."""
    if taught.result.after is None:
        return []
    return class_changes(taught.result, taught.classes)


def class_changes(result: LessonResult, classes: ClassTable) -> list[ClassChange]:
    """Return each class with its IoU before and after."""
    known = {entry.index: entry for entry in classes}
    return [
        ClassChange(known[row.index].name, known[row.index].colour, row.before, row.after)
        for row in result.classes
        if row.index in known
    ]


def picture_line(before: float | None, after: float | None) -> str:
    """Return how a held-out image changed."""
    if before is None:
        return score_text(after)
    change = change_text(change_of(before, after))
    return f"{score_text(before)} → {score_text(after)} ({change})"


def skipped_link(skipped: Sequence[str] | dict[str, str]) -> str:
    """Return the words of the link to the images that could not be used."""
    count = len(skipped)
    return _tr("1 image was left out…") if count == 1 else _tr("%d images were left out…") % count


def skipped_text(skipped: dict[str, str]) -> str:
    """Return the sentences behind that link."""
    return "\n".join(
        sentence if name in sentence else f"{name}: {sentence}"
        for name, sentence in skipped.items()
    )


def remaining_text(count: int) -> str:
    """Return the words of the button that goes on with the new model."""
    if count == 1:
        return _tr("Segment the 1 remaining image")
    return _tr("Segment the {:,} remaining images").format(count)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Teach", text)

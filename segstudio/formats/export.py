"""Exporting labelled images as a dataset: written beside, read back, and moved into place whole."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from segstudio.core import atomic
from segstudio.core.classes import ClassTable, write_classes
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import Part
from segstudio.core.labels import Ink
from segstudio.formats import dataset_card, model_file, picture_statistics, placing, texts
from segstudio.formats.export_run import Report, Run
from segstudio.formats.export_values import ExportItem, ExportPlan, ExportReport
from segstudio.formats.format import Target
from segstudio.formats.model_file import ModelFile
from segstudio.formats.placing import REPORT_NAME


def export(
    items: Iterable[ExportItem],
    classes: ClassTable,
    folder: Path,
    plan: ExportPlan,
    report: Report = lambda _done, _total: None,
) -> ExportReport:
    """Write a dataset, read every label map back, and move it into place when it is whole.

    Parameters
    ----------
    folder : Path
        New, empty, or an earlier export, which is then replaced.
    report : callable
        Called with done and total after each image; raise `Cancelled` from it to stop.

    Raises
    ------
    SegstudioError
        When the folder holds something else or cannot be written, no image could be exported, or
        a label map does not read back as the format should hold it. An earlier export is then
        unchanged.
    """
    todo = list(items)
    if not todo:
        raise SegstudioError(
            "There is nothing to export. Mark an image done (T), or choose others."
        )
    written_classes = plan.classes.classes(classes)
    numbering = plan.format.number(written_classes)
    with placing.prepared(folder) as work:
        target = Target(
            work,
            numbering.classes,
            has_parts=any(item.part is not Part.NONE for item in todo),
            options=plan.options,
        )
        run = Run(plan, classes, numbering, target)
        outcome = ExportReport(folder)
        kept = run.all(todo, outcome, report)
        if not outcome.written:
            raise SegstudioError(f"Nothing was exported: {next(iter(outcome.failed.values()))}")
        run.writer.end(kept)
        write_classes(work / "classes.json", numbering.classes)
        if plan.model is not None:
            _write_model(plan.model, work, outcome)
        pictures = [item.image for item in kept if item.image is not None]
        card = dataset_card.text(
            folder.name, plan, numbering.classes, outcome, picture_statistics.measure(pictures)
        )
        atomic.write_text(work / dataset_card.NAME, card)
        _write_report(work, outcome, plan, numbering.classes)
    return outcome


def _write_model(model: ModelFile, work: Path, outcome: ExportReport) -> None:
    try:
        content = model.read()
    except SegstudioError as error:
        outcome.failed[model.title] = str(error)
        return
    outcome.model, outcome.model_place = model.title, model_file.write(model, content, work)


def _write_report(work: Path, outcome: ExportReport, plan: ExportPlan, classes: ClassTable) -> None:
    content: dict[str, Any] = {
        "format": plan.format.name,
        "images": outcome.written,
        "masks_read_back_identical": outcome.identical,
        "pixels_changed_by_the_format": outcome.changed_pixels,
        "never_looked_at_by_a_person": outcome.never_seen,
        "classes": len(classes),
        "pixels_by_class": outcome.pixels,
        "pixels_ignored": outcome.ignored_pixels,
        "pixels_by_author": {ink.name.lower(): outcome.ink[ink] for ink in Ink},
        "images_by_part": outcome.parts,
        "not_exported": outcome.failed,
        "files": placing.files_below(work),
    }
    if outcome.model_place:
        content["model"] = {"title": outcome.model, "file": outcome.model_place}
    atomic.write_text(work / REPORT_NAME, texts.json_text(content))

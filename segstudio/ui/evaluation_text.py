"""What came of measuring a model, in words and rows."""

from PySide6.QtCore import QCoreApplication

from segstudio.core.classes import ClassTable
from segstudio.session.evaluating import Evaluated
from segstudio.ui.evaluation_dialog import EvaluationShown
from segstudio.ui.evaluation_tables import ClassScore, ImageLine, percent
from segstudio.ui.evaluation_tables import shown as score_text

_FLATTERED = 0.05
"""From which share of machine-written labels on that is said."""


def shown(evaluated: Evaluated, classes: ClassTable, *, is_calibrated: bool) -> EvaluationShown:
    """Return a result as the dialog shows it; colours are those of the classes now."""
    found = evaluated.evaluation
    scores, pixels = found.scores, found.confusion.sum(axis=1)
    rows = []
    for place, name in enumerate(found.classes):
        entry = classes.find(name)
        rows.append(
            ClassScore(
                name,
                entry.colour if entry is not None else (128, 128, 128),
                float(scores.iou[place]),
                float(scores.precision[place]),
                float(scores.recall[place]),
                float(found.boundary_f[place]),
                int(pixels[place]),
            )
        )
    calibration = evaluated.calibration
    is_own = evaluated.model.kind in ("own", "published")
    helps = calibration is not None and calibration.helps
    return EvaluationShown(
        line=_line(evaluated),
        note=_note(evaluated),
        classes=rows,
        confusion=found.confusion,
        images=[ImageLine(i.name, i.miou, i.pixel_accuracy) for i in found.images],
        calibration=calibration,
        certainty=_certainty(evaluated, is_calibrated=is_calibrated),
        can_calibrate=is_own and helps and not is_calibrated,
    )


def _line(evaluated: Evaluated) -> str:
    found = evaluated.evaluation
    parts = (
        evaluated.model.title,
        _tr("mean IoU {iou} over {count} classes").format(
            iou=score_text(found.scores.miou), count=found.scores.classes_averaged
        ),
        _tr("%s of pixels right") % percent(found.scores.pixel_accuracy),
        _tr("borders %s") % score_text(found.boundary_f_mean),
        _tr("1 image") if len(found.images) == 1 else _tr("%d images") % len(found.images),
    )
    return " · ".join(parts)


def _note(evaluated: Evaluated) -> str:
    sentences = []
    if evaluated.by_machine >= _FLATTERED:
        text = _tr("%.0f %% of these labels were written by a machine, which flatters the model.")
        sentences.append(text % (100 * evaluated.by_machine))
    if evaluated.failed:
        first = next(iter(evaluated.failed.values()))
        text = _tr("{count} images could not be measured: {why}")
        sentences.append(text.format(count=len(evaluated.failed), why=first))
    return " ".join(sentences)


def _certainty(evaluated: Evaluated, *, is_calibrated: bool) -> str:
    calibration = evaluated.calibration
    if calibration is None:
        return _tr("None of the labelled pixels has a class that the model knows.")
    if is_calibrated:
        return _tr("It is kept in the model. Segment again to see it in the confidence.")
    sentences = []
    if not calibration.helps:
        sentences.append(_tr("The model is about as often right as it says; nothing to mend."))
    elif calibration.temperature > 1:
        sentences.append(_tr("The model is less often right than it says."))
    else:
        sentences.append(_tr("The model is more often right than it says."))
    if not calibration.is_held_out:
        sentences.append(_tr("Measured on the one image it was fitted on."))
    else:
        sentences.append(_tr("“Calibrated” is measured on images that it was not fitted on."))
    if calibration.helps and evaluated.model.kind == "bundled":
        sentences.append(
            _tr("This model comes with the program and stays as it is; those of your own can be.")
        )
    if calibration.helps and evaluated.model.kind == "taught":
        sentences.append(
            _tr("No version of a project is written over: copy it to your own models, mend that.")
        )
    return " ".join(sentences)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Evaluation", text)

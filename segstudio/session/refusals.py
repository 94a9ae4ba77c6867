"""Why a gesture changed nothing, in words."""

from PySide6.QtCore import QCoreApplication

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.labels import Ink
from segstudio.editing.scope import Paint, PaintOver
from segstudio.editing.tool import Refusal, Why


def sentence(refusal: Refusal, classes: ClassTable, over: PaintOver) -> str:
    """Return one short sentence for the place of the cursor."""
    match refusal.why:
        case Why.OUTSIDE:
            return _tr("Nothing painted: outside the image")
        case Why.NOTHING_LABELLED:
            return _tr("Nothing is labelled here")
        case Why.TOO_FEW_POINTS:
            return _tr("Nothing painted: the shape has no inside yet")
        case Why.NOT_DRAGGED:
            return _tr("Nothing painted: drag to draw the shape")
        case Why.NOTHING_FOUND:
            return _tr("Nothing found here")
        case Why.NOT_ALLOWED:
            return _not_allowed(refusal, classes, over)


def _not_allowed(refusal: Refusal, classes: ClassTable, over: PaintOver) -> str:
    first = refusal.first
    under = classes.get(first[0]) if first is not None else None
    if under is not None and under.locked:
        return _tr("Nothing painted: %s is locked (right click unlocks)") % under.name
    if over is not PaintOver.ANYTHING:
        rule = {
            PaintOver.UNLABELLED: _tr("only unlabelled pixels (K)"),
            PaintOver.FIRST_CLASS: _tr("only the class first touched (K)"),
            PaintOver.MODEL: _tr("only the model's labels (K)"),
            PaintOver.UNSURE: _tr("only where unsure (K)"),
        }[over]
        return _tr("Nothing painted: %s") % rule
    already = _already(refusal.paint, classes)
    return already + _tr(", or locked") if classes.flags("locked").any() else already


def _already(paint: Paint | None, classes: ClassTable) -> str:
    if paint is None:
        return _tr("Nothing painted")
    if paint.ink == Ink.NOBODY:
        return _tr("Nothing erased: unlabelled already")
    if paint.label == IGNORE_INDEX:
        return _tr("Nothing painted: this is Ignore already")
    return _tr("Nothing painted: this is %s already") % classes.name_of(paint.label)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Refusals", text)

"""What one pixel says: its class, how sure the model was, and who wrote it."""

import math

from PySide6.QtCore import QCoreApplication

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.document import Document
from segstudio.core.labels import Ink


def pixel_at(document: Document, point: tuple[float, float]) -> tuple[int, int] | None:
    """Return column and row of the pixel at a point of the image; None outside."""
    x, y = math.floor(point[0]), math.floor(point[1])
    inside = 0 <= x < document.width and 0 <= y < document.height
    return (x, y) if inside else None


def label_text(document: Document, classes: ClassTable, pixel: tuple[int, int]) -> str:
    """Return class and confidence of a pixel, such as “person · 93 %”."""
    x, y = pixel
    index, ink = int(document.label_map[y, x]), int(document.ink[y, x])
    if index == IGNORE_INDEX:
        return _tr("unlabelled") if ink == Ink.NOBODY else _tr("Ignore")
    name = classes.name_of(index)
    if ink == Ink.PERSON or document.confidence is None:
        return name
    return f"{name} · {100 * int(document.confidence[y, x]) / 255:.0f} %"


def card_text(document: Document, classes: ClassTable, pixel: tuple[int, int]) -> str:
    """Return class, confidence and author of a pixel, such as “person · 93 % · by the model”."""
    x, y = pixel
    author = {
        Ink.MODEL: _tr("by the model"),
        Ink.REFINEMENT: _tr("by the refinement"),
        Ink.PERSON: _tr("by you"),
    }.get(Ink(int(document.ink[y, x])))
    text = label_text(document, classes, pixel)
    return f"{text} · {author}" if author else text


def _tr(text: str) -> str:
    return QCoreApplication.translate("pixel_text", text)

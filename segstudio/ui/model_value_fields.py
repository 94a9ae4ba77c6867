"""Fields for what a model expects of its input, beside its mean and deviation."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segstudio.ui.controls import NumberField, Segment, Segmented, named

_CONTEXT = "model_value_fields"
_SHORTEST, _LONGEST = 32, 8192


def order_field(prefix: str) -> Segmented:
    """Return the choice between the two orders of colours."""
    segments = [Segment("rgb", "RGB"), Segment("bgr", "BGR")]
    title = _tr("Order of colours")
    return Segmented(f"{prefix}_order", title, segments, width=64, takes_focus=True)


def side_field(prefix: str) -> NumberField:
    """Return the field for the working short side."""
    line = _tr("Short side\nTo which an image is scaled before the model sees it.")
    field = named(NumberField(), f"{prefix}_short_side", _tr("Short side"), line)
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.setRange(_SHORTEST, _LONGEST)
    field.setSuffix(" px")
    field.setFixedWidth(96)
    return field


def at_left(field: QWidget) -> QWidget:
    """Return what holds a field at the left of a wider place."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(field)
    row.addStretch(1)
    return holder


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)

"""A held-out image with the old model's labels left of a line and the new one's right of it."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import ClassTable
from segstudio.session.comparing import Side
from segstudio.ui.compare_view import CompareView
from segstudio.ui.controls import link_button, named, text_label

_LEAST, _MOST = 120, 320
_TALLEST = 1.2
"""Height of a picture by its width; a taller image is shown whole in less width."""


class _Picture(CompareView):
    """As high as its image is, at the width that it gets."""

    def __init__(self) -> None:
        super().__init__()
        self._ratio = 0.66
        self.setMinimumSize(160, _LEAST)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_image(self, image: Image) -> None:
        super().set_image(image)
        height, width = image.shape[:2]
        self._ratio = min(height / width, _TALLEST)
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return min(max(round(width * self._ratio), _LEAST), _MOST)

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))


class HeldOutView(QWidget):
    """The picture under its name; a click on the name asks for the image."""

    image_requested = Signal(str)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole_name = ""
        self._view = _Picture()
        title = self.tr("Held-out image %d") % (number + 1)
        named(
            self._view,
            f"held_out_view_{number}",
            title,
            self.tr("Before and after\nDrag the line, or move it with the arrow keys."),
        )
        self._name = link_button("", f"held_out_name_{number}", title)
        self._name.setProperty("small", True)
        self._line: QLabel = text_label("", "secondary")
        self._line.setObjectName(f"held_out_line_{number}")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._name)
        head.addStretch(1)
        head.addWidget(self._line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._view)
        self._name.clicked.connect(self._on_name)

    def set_picture(self, name: str, line: str, image: Image) -> None:
        """Show another image, without labels."""
        self._whole_name = name
        short = name.rpartition("/")[2]
        self._name.setText(short if len(short) <= _LONGEST else short[: _LONGEST - 1] + "…")
        self._name.setToolTip(name + "\n" + self.tr("Click to open it."))
        self._line.setText(line)
        self._view.set_image(image)

    def set_labels(self, before: LabelMap | None, after: LabelMap, classes: ClassTable) -> None:
        """Show what both models make of it; the image alone where there is no old one."""
        self._view.set_labels(Side.LEFT, before, classes)
        self._view.set_labels(Side.RIGHT, after, classes)
        left = self.tr("Image") if before is None else self.tr("Before")
        self._view.set_words(Side.LEFT, left)
        self._view.set_words(Side.RIGHT, self.tr("After"))

    def _on_name(self) -> None:
        self.image_requested.emit(self._whole_name)


_LONGEST = 22
"""Letters of a name that have room beside its score."""

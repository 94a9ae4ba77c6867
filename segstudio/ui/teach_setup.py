"""Before a lesson: the images and classes to learn from, how long, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.core.lesson import Reach
from segstudio.ui.controls import (
    ElidedLabel,
    Segment,
    Segmented,
    link_button,
    named,
    rule,
    text_label,
)
from segstudio.ui.scroll_page import ScrollPage
from segstudio.ui.teach_images import ImageRow, TeachImages
from segstudio.ui.teach_rows import TaughtClass, TaughtClasses

MINUTES = (0.75, 3.0, 10.0)
"""That can be chosen: for everything, from reading the images to checking."""
REACHES: tuple[Reach, ...] = ("head", "last", "all")
_LABEL_WIDTH = 44
_ROWS = ((680, 12), (500, 7), (0, 4))
"""Images that are seen at once, from each height on."""


@dataclass(frozen=True)
class SetupShown:
    """What is shown before a lesson.

    Attributes
    ----------
    heading, kept : str
        Above the images, and what the model will be checked on.
    start : str
        Title of the model that it begins with.
    problem : str
        What is missing; empty where nothing is.
    """

    heading: str
    images: Sequence[ImageRow]
    classes: Sequence[TaughtClass]
    kept: str
    start: str
    problem: str
    minutes: float
    reach: Reach


class TeachSetup(QWidget):
    """Shows and asks."""

    teach_requested = Signal()
    used_requested = Signal(str, bool)
    image_requested = Signal(str)
    minutes_requested = Signal(float)
    reach_requested = Signal(str)
    versions_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build_lists()
        self._build_fields()
        self._build_foot()
        page = ScrollPage("teach_setup", self.tr("What to learn from"))
        page.add(self._start, self._heading, self._images, self._kept)
        page.add_space()
        page.add(self._classes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(page, 1)
        column.addWidget(rule())
        column.addWidget(self._foot)
        self._connect()

    def _build_lists(self) -> None:
        self._heading = text_label("", "heading")
        self._heading.setObjectName("teach_heading")
        self._images = TeachImages()
        self._kept = text_label("", "secondary")
        self._kept.setObjectName("teach_kept")
        self._kept.setWordWrap(True)
        self._classes = TaughtClasses()

    def _build_fields(self) -> None:
        words = (self.tr("45 s"), self.tr("3 min"), self.tr("10 min"))
        tip = self.tr("At most, from reading the images to checking the model.")
        minutes = [Segment(f"{m:g}", text, tip=tip) for m, text in zip(MINUTES, words, strict=True)]
        self._minutes = Segmented("teach_minutes", self.tr("Time"), minutes, takes_focus=True)
        names = (self.tr("Head"), self.tr("Last blocks"), self.tr("All"))
        tips = (
            self.tr("What the model sees stays; what it calls that is learned. Fast and safe."),
            self.tr("It also learns to see finer things. Slower; give it ten images or more."),
            self.tr("The whole model changes. Slow without a GPU, and it wants many images."),
        )
        reaches = [
            Segment(key, name, tip=tip) for key, name, tip in zip(REACHES, names, tips, strict=True)
        ]
        self._reach = Segmented("teach_reach", self.tr("What learns"), reaches, takes_focus=True)
        self._start = ElidedLabel()
        self._start.setObjectName("teach_start_model")
        self._fields = QWidget()
        column = QVBoxLayout(self._fields)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for text, field in ((self.tr("Time"), self._minutes), (self.tr("Learns"), self._reach)):
            row = QHBoxLayout()
            row.setSpacing(8)
            label = text_label(text, "secondary")
            label.setMinimumWidth(_LABEL_WIDTH)
            row.addWidget(label)
            row.addWidget(field, 1)
            column.addLayout(row)

    def _build_foot(self) -> None:
        self._problem = text_label("", "warning")
        self._problem.setObjectName("teach_problem")
        self._problem.setWordWrap(True)
        self._teach = named(QPushButton(self.tr("Teach")), "teach_start", self.tr("Teach"))
        self._teach.setProperty("primary", True)
        self._versions = link_button(self.tr("Versions…"), "teach_versions", self.tr("Versions"))
        self._versions.setProperty("small", True)
        self._versions.setToolTip(
            self.tr("Versions\nThe models that were taught here, and the way back.")
        )
        self._foot = QWidget()
        column = QVBoxLayout(self._foot)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(self._fields)
        column.addWidget(self._problem)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._teach, 1)
        row.addWidget(self._versions)
        column.addLayout(row)

    def _connect(self) -> None:
        self._images.used_requested.connect(self.used_requested)
        self._images.image_requested.connect(self.image_requested)
        self._minutes.chosen.connect(self._on_minutes)
        self._reach.chosen.connect(self.reach_requested)
        self._teach.clicked.connect(self.teach_requested)
        self._versions.clicked.connect(self.versions_requested)

    def set_shown(self, shown: SetupShown) -> None:
        """Show what there is to learn from."""
        self._heading.setText(shown.heading)
        self._images.set_rows(shown.images)
        self._images.setVisible(bool(shown.images))
        self._heading.setVisible(bool(shown.images))
        self._kept.setText(shown.kept)
        self._kept.setVisible(bool(shown.kept))
        self._classes.set_rows(shown.classes)
        self._classes.setVisible(bool(shown.classes))
        self._minutes.set_value(f"{min(MINUTES, key=lambda m: abs(m - shown.minutes)):g}")
        self._reach.set_value(shown.reach)
        self._start.set_text(self.tr("Begins with %s") % shown.start if shown.start else "")
        self._problem.setText(shown.problem)
        self._problem.setVisible(bool(shown.problem))
        self._teach.setEnabled(not shown.problem)
        reason = shown.problem or self.tr("In the background; go on working.")
        self._teach.setToolTip(self.tr("Teach") + "\n" + reason)

    def set_has_versions(self, has_versions: bool) -> None:
        """Offer the way to the versions, where there are any."""
        self._versions.setVisible(has_versions)

    def take_focus(self) -> None:
        """Bring the keyboard focus to what comes next."""
        chosen = self._minutes.button(self._minutes.value)
        part = self._teach if self._teach.isEnabled() else chosen
        part.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._images.set_most_rows(next(n for least, n in _ROWS if self.height() >= least))

    def _on_minutes(self, key: str) -> None:
        self.minutes_requested.emit(float(key))

"""After a lesson: what came of it, and whether the new model is used."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import ClassTable
from segstudio.ui import theme
from segstudio.ui.controls import link_button, named, text_label
from segstudio.ui.held_out_view import HeldOutView
from segstudio.ui.scroll_page import ScrollPage
from segstudio.ui.teach_rows import ClassChange, ClassChanges


@dataclass(frozen=True, eq=False)
class HeldOutImage:
    """A held-out image with what both models make of it.

    Attributes
    ----------
    line : str
        How its score changed.
    before : (H, W) uint8 or None
        Of class indices, as is `after`; None where there is no old model.
    """

    name: str
    line: str
    image: Image
    before: LabelMap | None
    after: LabelMap


@dataclass(frozen=True)
class EndShown:
    """What is shown after a lesson.

    Attributes
    ----------
    role : str
        Of the headline's colour.
    is_offered : bool
        Whether to use the new model is what is offered first.
    skipped, skipped_text : str
        Words of the link to what was left out, and what it shows; empty for nothing.
    """

    headline: str
    role: str
    text: str
    changes: Sequence[ClassChange]
    is_offered: bool
    skipped: str = ""
    skipped_text: str = ""


class TeachEnd(QWidget):
    """Shows and asks."""

    use_requested = Signal()
    keep_requested = Signal()
    segment_rest_requested = Signal()
    close_requested = Signal()
    image_requested = Signal(str)

    MOST_PICTURES = 2

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build_words()
        self._views = [HeldOutView(number) for number in range(self.MOST_PICTURES)]
        self._build_buttons()
        self._page = ScrollPage("teach_end", self.tr("What came of it"))
        self._page.add(self._headline, self._text, self._changes, *self._views)
        self._page.add(self._skipped, self._skipped_text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._page, 1)
        column.addWidget(self._answer)
        column.addWidget(self._after)
        self._connect()

    def _build_words(self) -> None:
        self._headline = text_label("", "verdict")
        self._headline.setObjectName("teach_headline")
        self._headline.setWordWrap(True)
        self._text = text_label("", "secondary")
        self._text.setObjectName("teach_explanation")
        self._text.setWordWrap(True)
        self._changes = ClassChanges()
        self._skipped = link_button("", "teach_skipped", self.tr("Images that were left out"))
        self._skipped.setProperty("small", True)
        self._skipped_text = text_label("", "secondary")
        self._skipped_text.setObjectName("teach_skipped_text")
        self._skipped_text.setWordWrap(True)

    def _build_buttons(self) -> None:
        self._use = named(
            QPushButton(self.tr("Use new model")),
            "teach_use",
            self.tr("Use new model"),
            self.tr("Use new model\nKept as a version; the one before stays to go back to."),
        )
        self._keep = named(
            QPushButton(self.tr("Keep old")),
            "teach_keep",
            self.tr("Keep old"),
            self.tr("Keep old\nThe new model is thrown away."),
        )
        self._answer = QWidget()
        self._row = QHBoxLayout(self._answer)
        self._row.setContentsMargins(12, 8, 12, 8)
        self._row.setSpacing(8)
        self._row.addWidget(self._use, 1)
        self._row.addWidget(self._keep)
        self._used = text_label("", "success")
        self._used.setObjectName("teach_used")
        self._used.setWordWrap(True)
        self._rest = named(QPushButton(), "teach_segment_rest", self.tr("Segment the rest"))
        self._rest.setProperty("primary", True)
        self._rest.setToolTip(
            self.tr("Segment the rest\nIn the background. What you painted stays.")
        )
        self._close = named(QPushButton(self.tr("Close")), "teach_end_close", self.tr("Close"))
        self._after = QWidget()
        column = QVBoxLayout(self._after)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(self._used)
        column.addWidget(self._rest)
        column.addWidget(self._close)

    def _connect(self) -> None:
        self._use.clicked.connect(self.use_requested)
        self._keep.clicked.connect(self.keep_requested)
        self._rest.clicked.connect(self.segment_rest_requested)
        self._close.clicked.connect(self.close_requested)
        self._skipped.clicked.connect(self._show_skipped)
        for view in self._views:
            view.image_requested.connect(self.image_requested)

    # What it shows ---------------------------------------------------------------------------

    def set_shown(self, shown: EndShown) -> None:
        """Show what came of a lesson; its pictures follow."""
        self._headline.setText(shown.headline)
        theme.restyle(self._headline, "tone", shown.role)
        self._text.setText(shown.text)
        self._changes.set_rows(shown.changes)
        self._changes.setVisible(bool(shown.changes))
        self._skipped.setText(shown.skipped)
        self._skipped.setVisible(bool(shown.skipped))
        self._skipped_text.setText(shown.skipped_text)
        self._skipped_text.hide()
        for view in self._views:
            view.hide()
        first, second = (self._use, self._keep) if shown.is_offered else (self._keep, self._use)
        for place, button in enumerate((first, second)):
            self._row.insertWidget(place, button, 1 - place)
            theme.restyle(button, "primary", place == 0)
        self._answer.show()
        self._after.hide()
        self._page.verticalScrollBar().setValue(0)

    def set_pictures(self, pictures: Sequence[HeldOutImage], classes: ClassTable) -> None:
        """Show held-out images."""
        for view, picture in zip(self._views, pictures, strict=False):
            view.set_picture(picture.name, picture.line, picture.image)
            view.set_labels(picture.before, picture.after, classes)
            view.show()

    def set_used(self, line: str, rest: str) -> None:
        """Say that the new model is in use, and offer to segment the rest with it."""
        had_focus = self.focusWidget() is not None and self.isAncestorOf(self.focusWidget())
        self._used.setText(line)
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))
        self._close.setVisible(not rest)
        self._answer.hide()
        self._after.show()
        if had_focus:
            self.take_focus()

    def take_focus(self) -> None:
        """Bring the keyboard focus to what comes next."""
        asked = self._use if self._use.property("primary") else self._keep
        after = self._rest if not self._rest.isHidden() else self._close
        part = after if self._answer.isHidden() else asked
        part.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_skipped(self) -> None:
        self._skipped_text.setVisible(self._skipped_text.isHidden())

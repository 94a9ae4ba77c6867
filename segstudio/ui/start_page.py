"""What the window shows while nothing is open."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui import icons, theme
from segstudio.ui.controls import link_button, named, text_label
from segstudio.ui.start_cards import (
    PLACE_SIZE,
    ContinueCard,
    PlaceValues,
    SampleCard,
    StartButton,
)
from segstudio.ui.step_line import STEPS, StepLine

COLUMN_WIDTH = 720
CONTINUE_SHOWN = 4


class DropVeil(QWidget):
    """The sign that what is being dragged can be dropped here."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = colours.of("panel")
        ground.setAlpha(225)
        painter.fillRect(self.rect(), ground)
        painter.setPen(QPen(colours.of("accent"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(12, 12, -12, -12), 8, 8)
        painter.setPen(colours.of("text"))
        painter.setFont(theme.font(theme.START_PX, semibold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Drop to open"))
        painter.end()


class StartPage(QFrame):
    """Open something, go on with something, or try a sample."""

    open_images_requested = Signal()
    open_folder_requested = Signal()
    open_project_requested = Signal()
    sample_requested = Signal(object)
    place_requested = Signal(int)
    """The number of the card on which to go on."""
    paths_dropped = Signal(object)
    check_requested = Signal()
    warning_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "start_page", self.tr("Start"))
        self.setAcceptDrops(True)
        self._cards: list[SampleCard] = []
        self._places: list[ContinueCard] = []
        self._load_timer = QTimer(self)
        self._load_timer.setInterval(0)
        self._load_timer.timeout.connect(self._load_next)
        self._to_load: list[SampleCard] = []
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 24, 24, 12)
        page.addStretch(1)
        self._column = QWidget()
        page.addWidget(self._column, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addStretch(2)
        # In this order, so that the Tab key goes from the top to the foot.
        self._fill_column()
        page.addLayout(self._foot())
        self._veil = DropVeil(self)
        self._connect()

    def _fill_column(self) -> None:
        self._column.setMinimumWidth(COLUMN_WIDTH)
        column = QVBoxLayout(self._column)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(text_label("segstudio", "start"))
        line = self.tr("Label images by correcting a model. Everything stays on this computer.")
        column.addWidget(text_label(line, "start-line"))
        column.addSpacing(16)
        self._images = StartButton(
            "start_open_images", self.tr("Open images"), "Ctrl+O", "open-image"
        )
        self._folder = StartButton(
            "start_open_folder", self.tr("Open folder"), "Ctrl+U", "open-folder"
        )
        self._project = StartButton(
            "start_open_project", self.tr("Open project"), "Ctrl+Shift+O", "open-project"
        )
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._images)
        row.addWidget(self._folder)
        row.addWidget(self._project)
        row.addStretch(1)
        column.addLayout(row)
        self._place_box, rows = self._section(column, self.tr("Continue"))
        place_line = QWidget()
        place_line.setMinimumHeight(PLACE_SIZE.height())
        self._place_row = QHBoxLayout(place_line)
        self._place_row.setContentsMargins(0, 0, 0, 0)
        self._place_row.setSpacing(12)
        self._place_row.addStretch(1)
        rows.addWidget(place_line)
        self._sample_box, rows = self._section(column, self.tr("Try it"))
        self._sample_row = QHBoxLayout()
        self._sample_row.setSpacing(8)
        self._sample_row.addStretch(1)
        rows.addLayout(self._sample_row)
        column.addSpacing(16)
        self._steps = StepLine()
        column.addWidget(self._steps)

    def _section(self, column: QVBoxLayout, title: str) -> tuple[QWidget, QVBoxLayout]:
        box = QWidget()
        rows = QVBoxLayout(box)
        rows.setContentsMargins(0, 16, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(text_label(title, "heading"))
        column.addWidget(box)
        box.hide()
        return box, rows

    def _foot(self) -> QVBoxLayout:
        self._warning = link_button("", "start_warning", self.tr("Warning"))
        self._warning.setProperty("quiet", True)
        self._warning.setIcon(icons.icon("warning", "warning"))
        self._warning.hide()
        self._version = QLabel()
        self._version.setProperty("role", "secondary")
        self._check = link_button(self.tr("Check this computer"), "start_check")
        self._check.setProperty("small", True)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch(1)
        row.addWidget(self._version)
        row.addWidget(self._check)
        row.addStretch(1)
        foot = QVBoxLayout()
        foot.addWidget(self._warning, 0, Qt.AlignmentFlag.AlignHCenter)
        foot.addLayout(row)
        return foot

    def _connect(self) -> None:
        self._images.clicked.connect(self.open_images_requested)
        self._folder.clicked.connect(self.open_folder_requested)
        self._project.clicked.connect(self.open_project_requested)
        self._check.clicked.connect(self.check_requested)
        self._warning.clicked.connect(self.warning_clicked)

    # What it shows

    def set_samples(self, samples: Sequence[tuple[Path, str]]) -> None:
        """Offer samples as pairs of path and title; their pictures come after the first paint."""
        for card in self._cards:
            self._sample_row.removeWidget(card)
            card.deleteLater()
        self._cards = [SampleCard(path, self.tr(title)) for path, title in samples]
        for at, card in enumerate(self._cards):
            self._sample_row.insertWidget(at, card)
            card.clicked.connect(partial(self.sample_requested.emit, card.path))
        self._to_load = list(self._cards)
        self._sample_box.setVisible(bool(samples))

    def expect_places(self) -> None:
        """Keep room for projects to go on with, so that nothing moves when they are known."""
        self._place_box.show()

    def set_places(self, places: Sequence[PlaceValues]) -> None:
        """Offer projects to go on with, the latest first; the first one has the focus."""
        for card in self._places:
            self._place_row.removeWidget(card)
            card.deleteLater()
        self._places = [ContinueCard(f"place_{at}", v) for at, v in enumerate(places)]
        del self._places[CONTINUE_SHOWN:]
        for at, card in enumerate(self._places):
            self._place_row.insertWidget(at, card)
            card.show()  # at once: what is not shown cannot take the focus
            card.clicked.connect(partial(self.place_requested.emit, at))
            self.setTabOrder(self._places[at - 1] if at else self._folder, card)
        self._place_box.setVisible(bool(self._places))
        if self._places and not self._is_in_use():
            self.take_focus()

    def _is_in_use(self) -> bool:
        """Whether the person has gone to some part of the page already."""
        focused = self.focusWidget()
        return focused is not None and focused is not self._images and focused.hasFocus()

    def take_focus(self) -> None:
        """Give the focus to what Enter is most likely meant for."""
        target = self._places[0] if self._places else self._images
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(focused, QAbstractButton):
                focused.click()
            return
        super().keyPressEvent(event)

    def set_hints(self, done: set[int]) -> None:
        """Tick the steps 1 to 3 that were once done; with all three the line goes."""
        self._steps.set_done(done)
        self._steps.setVisible(len(done) < len(STEPS))

    def set_version(self, text: str) -> None:
        self._version.setText(text)

    def set_warning(self, text: str) -> None:
        """Show what is wrong, in one line; an empty text shows nothing."""
        self._warning.setText(text)
        self._warning.setVisible(bool(text))

    def cards(self) -> list[SampleCard]:
        return list(self._cards)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._to_load:
            self._load_timer.start()

    def _load_next(self) -> None:
        if not self._to_load:
            self._load_timer.stop()
            return
        self._to_load.pop(0).load()

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not event.mimeData().hasUrls():
            return
        event.acceptProposedAction()
        self._veil.setGeometry(self.rect())
        self._veil.show()
        self._veil.raise_()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._veil.hide()
        urls = event.mimeData().urls()
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.paths_dropped.emit(paths)


def samples_in(folder: Path) -> list[tuple[Path, str]]:
    """Return the pictures of a folder, with titles made of their names."""
    kinds = (".jpg", ".jpeg", ".png")
    if not folder.is_dir():
        return []
    found = sorted(p for p in folder.iterdir() if p.suffix.lower() in kinds)
    return [(p, p.stem.replace("_", " ").replace("-", " ").capitalize()) for p in found]

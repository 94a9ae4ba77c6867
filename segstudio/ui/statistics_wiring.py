"""The Statistics panel: numbers go down, exports go up."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import ImageRecord
from segstudio.formats.statistics_csv import PixelSize, parse_pixel_size, write_areas, write_totals
from segstudio.session.jobs import Job
from segstudio.session.project_values import keep_pixel_size, pixel_size
from segstudio.session.session import Session
from segstudio.session.statistics import Statistics, live, measure
from segstudio.ui import statistics_text
from segstudio.ui.statistics_panel import ALL
from segstudio.ui.window import MainWindow

REST_MS = 300
"""How long after a change everything is counted again, and a moment longer where that is much."""
IMAGES_PER_MS = 100


class StatisticsWiring(QObject):
    """Counts what the panel shows while it is in sight, in a job, and writes tables of it."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._panel = window.statistics_panel
        self._is_stale = True
        self._job: Job | None = None
        self._size: PixelSize | None = None
        """Of a pixel, as the project keeps it or is about to."""
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._count)
        self._connect()

    def _connect(self) -> None:
        panel, session = self._panel, self._session
        panel.scope_requested.connect(self._count)
        panel.came_into_sight.connect(self._on_sight)
        panel.export_requested.connect(self.export_totals)
        panel.areas_requested.connect(self.export_areas)
        panel.pixel_size_requested.connect(self._on_pixel_size)
        session.labels_changed.connect(self._note)
        session.record_changed.connect(self._note)
        session.records_changed.connect(self._note)
        session.list_changed.connect(self._note)
        session.document_changed.connect(self._note)
        session.classes_changed.connect(self._note)
        session.images_changed.connect(self._on_images)

    # Counting --------------------------------------------------------------------------------

    def _note(self, _what: object = None) -> None:
        self._is_stale = True
        if self._panel.isVisible() and not self._rest.isActive():
            self._rest.start(REST_MS + len(self._session.images) // IMAGES_PER_MS)

    def _on_images(self) -> None:
        self._size = pixel_size(self._session.project)
        self._show_size()
        self._note()

    def _on_sight(self) -> None:
        if self._is_stale:
            self._count()

    def _count(self, _scope: str = "") -> None:
        """Count anew; a count that is still running is left behind."""
        self._is_stale = False
        if self._job is not None:
            self._job.cancel()
        work = self._work(of_all=self._panel.scope == ALL)
        self._job = self._session.runner.new("statistics", work)
        self._job.succeeded.connect(self._on_counted)
        self._job.failed.connect(self._session.tell_error)
        self._job.start()

    def _work(self, *, of_all: bool) -> Callable[[Job], tuple[bool, Statistics]]:
        records = self._records(of_all=of_all)
        return lambda _job: (of_all, measure(records()))

    def _records(self, *, of_all: bool) -> Callable[[], list[ImageRecord]]:
        """Return a function, for any thread, that gives records with the labels as they are."""
        images, document = self._session.images, self._session.document
        row = images.current
        is_open = document is not None and 0 <= row < len(images)
        records = (
            list(images.records) if of_all else images.records[row : row + 1] if is_open else ()
        )
        place = row if of_all else 0

        def with_live() -> list[ImageRecord]:
            found = list(records)
            if is_open and document is not None:
                found[place] = live(found[place], document)
            return found

        return with_live

    def _on_counted(self, counted: tuple[bool, Statistics]) -> None:
        if self.sender() is not self._job:
            return
        self._job = None
        of_all, statistics = counted
        classes = self._session.classes
        self._panel.set_shown(statistics_text.shown(statistics, classes, of_all=of_all))

    # Pixel size ------------------------------------------------------------------------------

    def _on_pixel_size(self, text: str) -> None:
        session, project = self._session, self._session.project
        try:
            size = parse_pixel_size(text)
        except SegstudioError as error:
            self._panel.set_pixel_size_problem(str(error))
            return
        if session.is_read_only:
            session.tell_error(session.editor.forbidden)
        elif project is not None and size != self._size:
            self._size = size
            keep_pixel_size(project, size)
        self._show_size()

    def _show_size(self) -> None:
        self._panel.set_pixel_size(str(self._size) if self._size is not None else "")

    # Tables ----------------------------------------------------------------------------------

    def export_totals(self) -> None:
        """Ask for a file and write what the panel shows of classes."""
        classes, of_all = self._session.classes, self._panel.scope == ALL
        records = self._records(of_all=of_all)

        def write(path: Path) -> None:
            totals = measure(records()).classes
            pixels = {index: total.pixels for index, total in totals.items()}
            images = {index: total.images for index, total in totals.items()}
            write_totals(path, classes, pixels, images)

        name = self.tr("classes") if of_all else f"{self._image_name()}-{self.tr('classes')}"
        self._write(self.tr("Export CSV"), f"{name}.csv", write)

    def export_areas(self) -> None:
        """Ask for a file and write the areas of all classes in all images."""
        classes, size = self._session.classes, self._size
        records = self._records(of_all=True)

        def write(path: Path) -> None:
            write_areas(path, records(), classes, pixel_size=size)

        self._write(self.tr("Export areas"), self.tr("areas") + ".csv", write)

    def _image_name(self) -> str:
        path = self._session.images.path
        return path.stem if path is not None else ""

    def _write(self, title: str, name: str, write: Callable[[Path], None]) -> None:
        session = self._session
        if session.root is None:
            session.tell(self.tr("Open images first; there is nothing to export yet."))
            return
        form = self.tr("Tables (*.csv)")
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, title, str(session.root.parent / name), form
        )
        if not chosen:
            return
        path = Path(chosen)

        def work(_job: Job) -> Path:
            write(path)
            return path

        job = session.runner.new("table", work)
        job.succeeded.connect(self._on_written)
        job.failed.connect(session.tell_error)
        job.start()

    def _on_written(self, path: Path) -> None:
        self._window.frame.toast.tell(self.tr("%s is written") % path.name)

"""Going on where one was: the cards of the start page, and the view of the last image."""

from datetime import date
from pathlib import Path

from PySide6.QtCore import QDate, QLocale, QObject, QTimer
from PySide6.QtGui import QImage

from segstudio.session.jobs import Job
from segstudio.session.session import Session
from segstudio.session.whereabouts import PlaceBook, View, Whereabouts
from segstudio.ui.start_cards import PlaceValues
from segstudio.ui.start_page import CONTINUE_SHOWN
from segstudio.ui.window import MainWindow

Shown = list[tuple[Whereabouts, QImage]]


class PlaceWiring(QObject):
    """Shows where the person was, and tells the session where they are."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._places: list[Whereabouts] = []
        self._view: View | None = None
        session.places.read_view_with(self._view_now)
        session.places.view_wanted.connect(self._on_view_wanted)
        window.start_page.place_requested.connect(self._on_place_wanted)
        self._read_places()

    # The start page

    def _read_places(self) -> None:
        book = self._session.places.book
        # A disk that sleeps or a network that is away must not keep the window waiting.
        job = self._session.runner.new("places", lambda job: _places(book, job))
        job.succeeded.connect(self._on_places)
        job.start()

    def _on_places(self, shown: Shown) -> None:
        if not self._window.shows_start:
            return
        self._places = [place for place, _ in shown]
        self._window.start_page.set_places(
            [self._values(place, picture) for place, picture in shown]
        )

    def _on_place_wanted(self, number: int) -> None:
        self._session.open(self._places[number].to_open())

    def _values(self, place: Whereabouts, picture: QImage) -> PlaceValues:
        single = place.opened[0] if len(place.opened) == 1 else place.root
        name = Path(single).name or single
        if place.total > 1:
            progress = self.tr("%d of %d done") % (place.done, place.total)
        else:
            progress = self.tr("1 image, done") if place.done else self.tr("1 image")
        tip = self.tr("{name}\nGo on at {image}.\n{folder}").format(
            name=name, image=place.image, folder=single
        )
        return PlaceValues(name, progress, self._when(place.left_at), tip, picture)

    def _when(self, left_at: float) -> str:
        day = date.fromtimestamp(left_at)
        days = (date.today() - day).days
        if days <= 0:
            return self.tr("today")
        if days == 1:
            return self.tr("yesterday")
        if days < 7:
            return self.tr("%d days ago") % days
        return QLocale().toString(
            QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat
        )

    # The view

    def _view_now(self) -> View:
        canvas = self._window.canvas
        if canvas.camera.follows_size:
            return View()
        x, y = canvas.camera.to_image(canvas.rect().center().toPointF())
        return View(canvas.zoom, x, y)

    def _on_view_wanted(self, view: View) -> None:
        self._view = view
        # The canvas hears of the document after the session does.
        QTimer.singleShot(0, self._restore_view)

    def _restore_view(self) -> None:
        view, self._view = self._view, None
        if view is not None and self._session.document is not None:
            self._window.canvas.set_zoom(view.zoom)
            self._window.canvas.centre_on(view.x, view.y)


def _places(book: PlaceBook, job: Job) -> Shown:
    """Return the projects that are still there, with their pictures."""
    shown: Shown = []
    for place in book.read():
        if job.stop.is_set() or len(shown) == CONTINUE_SHOWN:
            break
        if place.to_open():
            shown.append((place, QImage(str(book.picture_file(place)))))
    return shown

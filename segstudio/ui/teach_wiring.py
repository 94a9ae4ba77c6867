"""Teach in the window: its panel, its chip, and what its wishes come to."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from segstudio.core.lesson import LessonNews, LessonResult, Reach
from segstudio.session.jobs import Job
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.session import Session
from segstudio.session.taught import Taught
from segstudio.session.teachable import Usable
from segstudio.ui import teach_text
from segstudio.ui.batch_wiring import BatchWiring
from segstudio.ui.quit_question import QuitQuestion, RunningJob
from segstudio.ui.window import MainWindow

if TYPE_CHECKING:
    # Imported when it is first opened: the start is shorter without.
    from segstudio.ui.teach_end import HeldOutImage
    from segstudio.ui.teach_panel import TeachPanel

REST_MS = 200
"""How long after a change it is counted again, and a moment longer where that is much."""
IMAGES_PER_MS = 100


class TeachWiring(QObject):
    """Opens the panel in the side column; a lesson goes on while it is closed."""

    def __init__(self, window: MainWindow, session: Session, batch: BatchWiring) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._teaching = session.teaching
        self._batch = batch
        self._panel: TeachPanel | None = None
        self._reading: Job | None = None
        self._wanted = ""
        """Name of the model that was found last, from the moment on when it is to be used."""
        self._seconds_left: float | None = None
        """As was said last: what is measured takes no account of it."""
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._show_usable)
        self._connect()

    def _connect(self) -> None:
        window, session, teaching = self._window, self._session, self._teaching
        chip = window.status_bar.teach
        window.actions_by_name["teach"].triggered.connect(self.open)
        window.model_panel.teach_requested.connect(self.open)
        chip.list_requested.connect(self.open)
        chip.cancel_requested.connect(teaching.cancel)
        teaching.usable_changed.connect(self._note)
        teaching.running_changed.connect(self._on_running)
        teaching.progressed.connect(self._on_progressed)
        teaching.found.connect(self._on_found)
        teaching.failed.connect(self._on_failed)
        teaching.answered.connect(self._on_answered)
        session.versions.changed.connect(self._on_models)
        session.segmenting.models_changed.connect(self._on_models)
        session.images_changed.connect(self._on_images)
        session.opening.may_leave = self._may_leave

    def open(self) -> None:
        """Open the panel at what is going on."""
        if self._window.shows_start:
            self._session.tell(self.tr("Open images first: a model learns from those you label."))
            return
        if self._panel is None:
            self._panel = self._build()
        self._show_usable()
        self._window.side.set_guest_shown(True)
        self._panel.take_focus()

    def close(self) -> None:
        """Give its place back to the other panels."""
        self._window.side.set_guest_shown(False)
        self._window.canvas.setFocus()
        panel = self._panel
        if panel is not None and panel.page is panel.end and self._teaching.last is None:
            panel.show_page(panel.setup)  # what came of the last one is answered

    def running_job(self) -> RunningJob | None:
        """Return the lesson, or what came of it and waits for an answer, for whoever quits."""
        if self._teaching.is_running:
            return RunningJob(
                self.tr("Teach is running."), self.tr("What the model learned up to now is lost.")
            )
        if self._teaching.last is not None:
            return RunningJob(
                self.tr("A model was taught and is not in use yet."), self.tr("It is thrown away.")
            )
        return None

    def _may_leave(self) -> bool:
        """Ask before other images are opened: a lesson is of the project that is open."""
        job = self.running_job()
        return job is None or QuitQuestion.ask((job,), self._window, opens=True)

    def _build(self) -> "TeachPanel":
        from segstudio.ui.teach_panel import TeachPanel

        panel, teaching = TeachPanel(self._window.side), self._teaching
        setup, run, end = panel.setup, panel.run, panel.end
        panel.close_requested.connect(self.close)
        setup.teach_requested.connect(teaching.start)
        setup.used_requested.connect(teaching.set_used)
        setup.image_requested.connect(self._on_image)
        setup.minutes_requested.connect(self._on_minutes)
        setup.reach_requested.connect(self._on_reach)
        setup.versions_requested.connect(self._window.actions_by_name["versions"].trigger)
        run.stop_requested.connect(teaching.stop_and_keep)
        run.cancel_requested.connect(teaching.cancel)
        end.use_requested.connect(self._on_use)
        end.keep_requested.connect(teaching.keep_old)
        end.segment_rest_requested.connect(self._on_rest)
        end.image_requested.connect(self._on_image)
        self._window.work.add_guest(panel, panel.take_focus)
        return panel

    # What there is to learn from -------------------------------------------------------------

    def _note(self) -> None:
        if not self._rest.isActive():
            self._rest.start(REST_MS + len(self._session.images) // IMAGES_PER_MS)

    def _show_usable(self) -> None:
        self._rest.stop()
        usable = self._teaching.usable()
        self._window.model_panel.set_ready(teach_text.ready_text(usable.ready))
        if self._panel is not None:
            self._fill(self._panel, usable)

    def _fill(self, panel: "TeachPanel", usable: Usable) -> None:
        from segstudio.ui.teach_setup import SetupShown

        session, plan = self._session, self._teaching.plan
        model = session.segmenting.model(session.settings.get("model.name"))
        panel.setup.set_shown(
            SetupShown(
                heading=teach_text.images_heading(usable),
                images=teach_text.image_rows(usable, session.images.records),
                classes=teach_text.class_rows(usable),
                kept=teach_text.kept_line(usable),
                start=model.title if model is not None else "",
                problem=usable.problem,
                minutes=plan.minutes,
                reach=plan.reach,
            )
        )
        panel.setup.set_has_versions(bool(session.versions.all))

    def _on_minutes(self, minutes: float) -> None:
        self._teaching.set_plan(replace(self._teaching.plan, minutes=minutes))

    def _on_reach(self, reach: Reach) -> None:
        self._teaching.set_plan(replace(self._teaching.plan, reach=reach))

    def _on_image(self, name: str) -> None:
        images = self._session.images
        row = images.row_of(images.path_of(name))
        if row is not None:
            self._session.show_image(row)

    # The lesson ------------------------------------------------------------------------------

    def _on_running(self, running: bool) -> None:
        self._seconds_left = None
        self._window.status_bar.teach.set_job(self.tr("Teach starts…") if running else "")
        panel = self._panel
        if panel is None:
            return
        if running:
            panel.run.begin()
            panel.show_page(panel.run)
        elif panel.page is panel.run:
            panel.show_page(panel.setup)

    def _on_progressed(self, news: LessonNews) -> None:
        if news.seconds_left is None:
            news = replace(news, seconds_left=self._seconds_left)
        self._seconds_left = news.seconds_left
        self._window.status_bar.teach.set_job(teach_text.job_text(news))
        if self._panel is not None:
            self._panel.run.set_news(news)

    def _on_failed(self, sentence: str) -> None:
        self._wanted = ""
        if sentence:
            self._session.tell_error(sentence)

    def _on_found(self, taught: Taught) -> None:
        from segstudio.ui.teach_end import EndShown

        self._wanted = ""
        if self._panel is None:
            self._panel = self._build()
        result = taught.result
        self._panel.end.set_shown(
            EndShown(
                headline=teach_text.headline(taught),
                role=teach_text.verdict_role(result.verdict),
                text=teach_text.explanation(taught, self._session.images.records),
                changes=teach_text.changes(taught),
                is_offered=taught.is_offered,
                skipped=teach_text.skipped_link(result.skipped) if result.skipped else "",
                skipped_text=teach_text.skipped_text(result.skipped),
            )
        )
        self._panel.show_page(self._panel.end)
        self._read_pictures(result)
        if not self._window.side.shows_guest:
            text = self.tr("The model has been taught. %s.") % teach_text.headline(taught)
            show = (("teach", self.tr("Show")),)
            self._session.noticed.emit(Notice(text, NoticeKind.BANNER, show))

    # Afterwards ------------------------------------------------------------------------------

    def _read_pictures(self, result: LessonResult) -> None:
        """Read the held-out images; they are shown when that is done."""
        from segstudio.ui.teach_pictures import read_pictures

        if self._reading is not None:
            self._reading.cancel()
        path_of = self._session.images.path_of
        self._reading = self._session.runner.new(
            "held-out pictures", lambda _job: read_pictures(result, path_of)
        )
        self._reading.succeeded.connect(self._on_pictures)
        self._reading.start()

    def _on_pictures(self, read: "tuple[LessonResult, list[HeldOutImage]]") -> None:
        result, pictures = read
        last = self._teaching.last
        if self._panel is not None and last is not None and last.result is result:
            self._panel.end.set_pictures(pictures, last.classes)

    def _on_use(self) -> None:
        last = self._teaching.last
        if last is not None:
            self._wanted = last.version.name
            self._teaching.use()

    def _on_answered(self) -> None:
        panel = self._panel
        if panel is not None and panel.page is panel.end and not self._wanted:
            panel.show_page(panel.setup)

    def _on_models(self) -> None:
        """Say that the new model is in use, as soon as it can segment."""
        session, panel = self._session, self._panel
        current = session.versions.current
        if panel is not None and self._wanted and current is not None:
            model = session.segmenting.model(current.name)
            if model is not None and model.name == self._wanted:
                self._wanted = ""
                rest = len(self._teaching.remaining())
                panel.end.set_used(
                    self.tr("%s is in use.") % current.title,
                    teach_text.remaining_text(rest) if rest else "",
                )
        self._note()

    def _on_rest(self) -> None:
        self._batch.batch.start(self._teaching.remaining(), self._session.options())
        self.close()

    def _on_images(self) -> None:
        """Let go of what was said about other images."""
        self._wanted = ""
        panel = self._panel
        if panel is not None and panel.page is panel.end and self._teaching.last is None:
            panel.show_page(panel.setup)
        self._note()

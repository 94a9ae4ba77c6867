"""Segment all and ahead, parts of an image, and labels of the image before."""

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject

from segstudio.core.merge import Reach
from segstudio.session.ahead import SegmentAhead
from segstudio.session.batch import SegmentAll
from segstudio.session.batch_choice import Which, chosen
from segstudio.session.late_steps import LateSteps
from segstudio.session.previous_labels import PreviousLabels
from segstudio.session.scribbling import Scribbling
from segstudio.session.session import Session
from segstudio.session.snapping import Snapping
from segstudio.ui.batch_popover import BatchChoice, BatchPopover
from segstudio.ui.class_wiring import ClassWiring
from segstudio.ui.job_list import JobList
from segstudio.ui.model_panel import ModelChoice
from segstudio.ui.quit_question import RunningJob
from segstudio.ui.window import MainWindow


class BatchWiring(QObject):
    """Shows what runs in the background, and passes wishes on."""

    def __init__(self, window: MainWindow, session: Session, classes: ClassWiring) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._classes = classes
        late = LateSteps(session)
        self.batch = SegmentAll(session, late)
        self.ahead = SegmentAhead(session, self.batch)
        self.previous = PreviousLabels(session, late)
        self.scribbling = Scribbling(session)
        self.snapping = Snapping(session, late)
        self._popover: BatchPopover | None = None
        self._list: JobList | None = None
        self._connect()

    def _connect(self) -> None:
        window, settings = self._window, self._session.settings
        panel, chip = window.model_panel, window.status_bar.batch
        panel.segment_all_requested.connect(self.ask)
        panel.on_open_requested.connect(self._on_open)
        panel.ahead_requested.connect(self._on_ahead)
        panel.set_background(on_open=settings.get("model.on_open"), ahead=settings.get("ahead.on"))
        chip.list_requested.connect(self.show_list)
        chip.pause_requested.connect(self.batch.set_paused)
        chip.cancel_requested.connect(self.batch.cancel)
        self.batch.changed.connect(self._show)

    # Parts of an image -----------------------------------------------------------------------

    def segment_view(self) -> None:
        """Segment what is seen of the image."""
        document, canvas = self._session.document, self._window.canvas
        if document is not None and self._classes.use_setup():
            seen = canvas.camera.region(canvas.rect(), document.height, document.width)
            self._session.segment(Reach(region=seen))

    def segment_unlabelled(self) -> None:
        """Segment what nobody has labelled yet."""
        if self._session.document is not None and self._classes.use_setup():
            self._session.segment(Reach(only_unlabelled=True))

    # Segment all -----------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask which images are to be segmented, and how."""
        session, segmenting = self._session, self._session.segmenting
        if not len(session.images) or not segmenting.models or not self._classes.use_setup():
            return
        if self._popover is None:
            self._popover = BatchPopover(self._window)
            self._popover.start_requested.connect(self._on_start)
            self._popover.changed.connect(self._show_estimate)
        options = session.options()
        self._popover.set_choices([self._choice(which, text) for which, text in self._texts()])
        # A model whose licence has to be shown first is offered once it was.
        offered = session.models.offered(options.model)
        self._popover.set_models(
            [ModelChoice(m.name, m.title, len(m.classes)) for m in offered], options.model
        )
        self._popover.set_refinement(options.refine)
        self._show_estimate()
        button = self._window.model_panel.segment_all_button
        anchor = button if button.isVisible() else self._window.options_bar
        self._popover.open_below(anchor, right_aligned=True)

    def _texts(self) -> list[tuple[Which, str]]:
        texts = [
            (Which.NOT_SEGMENTED, self.tr("Not yet segmented")),
            (Which.SELECTION, self.tr("Selected")),
            (Which.FILTER, self.tr("Shown by the filter")),
            (Which.NOT_DONE, self.tr("All but done")),
        ]
        panel = self._window.images_panel
        absent = {
            Which.SELECTION: len(panel.selected_rows()) < 2,  # the open one is always selected
            Which.FILTER: len(panel.order) == panel.order.total,
        }
        return [row for row in texts if not absent.get(row[0], False)]

    def _names(self, which: Which) -> tuple[str, ...]:
        images, panel = self._session.images, self._window.images_panel
        rows: Iterable[int] = range(len(images))
        if which is Which.SELECTION:
            rows = panel.selected_rows()
        elif which is Which.FILTER:
            rows = panel.order.rows.tolist()
        return chosen((images.record_at(row) for row in rows), which)

    def _choice(self, which: Which, text: str) -> BatchChoice:
        return BatchChoice(which.value, text, len(self._names(which)))

    def _show_estimate(self) -> None:
        popover = self._popover
        assert popover is not None
        one, several = self.tr("1 image"), self.tr("{count:,} images").format(count=popover.count)
        text = one if popover.count == 1 else several
        network, refine = self._session.segmenting.network_ms, self._session.segmenting.refine_ms
        if network and (popover.refinement == "none" or popover.refinement in refine):
            ms = network + refine.get(popover.refinement, 0.0)
            text += " · " + self.tr("about %s") % duration_text(popover.count * ms / 1000)
        popover.set_estimate(text)

    def _on_start(self, which: str, model: str, refine: str) -> None:
        options = replace(self._session.options(), model=model, refine=refine)
        self.batch.start(self._names(Which(which)), options)

    def show_list(self) -> None:
        """Show how far Segment all is and what went wrong."""
        if self._list is None:
            self._list = JobList(self._window)
            self._list.image_requested.connect(self._on_image)
        self._fill_list()
        self._list.open_below(self._window.status_bar.batch_anchor(), right_aligned=True)

    def _on_image(self, name: str) -> None:
        images = self._session.images
        row = images.row_of(images.root / name)
        if row is not None:
            self._session.show_image(row)

    def _show(self) -> None:
        run = self.batch.run
        text = ""
        if run is not None:
            text = self.tr("Segment all {done} / {total}").format(done=run.done, total=run.total)
            left = run.seconds_left()
            if run.paused:
                text += " · " + self.tr("paused")
            elif left is not None:
                text += " · " + self.tr("%s left") % duration_text(left)
        self._window.status_bar.batch.set_job(text, paused=run is not None and run.paused)
        if self._list is not None and self._list.isVisible():
            self._fill_list()

    def _fill_list(self) -> None:
        assert self._list is not None
        run, failed = self.batch.run, self.batch.failed
        if run is not None:
            text = self.tr("{done} of {total} images are over, {failed} could not be segmented.")
            line = text.format(done=run.done, total=run.total, failed=len(failed))
        elif failed:
            line = self.tr("%d images could not be segmented.") % len(failed)
        else:
            line = self.tr("Nothing is running.")
        self._list.set_line(line)
        self._list.set_failed(list(failed.items()))

    def running_job(self) -> RunningJob | None:
        """Return Segment all while it is running, for whoever would end it."""
        run = self.batch.run
        if run is None or run.paused:
            return None
        text = self.tr("Segment all is running: {done} of {total} images are done.")
        return RunningJob(
            text.format(done=run.done, total=run.total),
            self.tr("Segment all goes on when these images are opened again."),
        )

    # Settings --------------------------------------------------------------------------------

    def _on_open(self, on: bool) -> None:
        self._session.settings.set("model.on_open", on)

    def _on_ahead(self, on: bool) -> None:
        self._session.settings.set("ahead.on", on)


def duration_text(seconds: float) -> str:
    """Return a time to read: 20 s, 4 min, 2 h 10 min."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"

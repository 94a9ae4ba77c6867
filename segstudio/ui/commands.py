"""What each action of the table does."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox

from segstudio import __version__
from segstudio.core import logs
from segstudio.formats.images import SUFFIXES
from segstudio.session.jobs import Job
from segstudio.session.saving import SaveState
from segstudio.session.session import Session
from segstudio.ui import actions
from segstudio.ui.batch_wiring import BatchWiring
from segstudio.ui.class_table_wiring import ClassTableWiring
from segstudio.ui.class_wiring import ClassWiring
from segstudio.ui.export_flow import ExportFlow
from segstudio.ui.first_steps import FirstSteps
from segstudio.ui.mark_wiring import MarkWiring
from segstudio.ui.model_wiring import ModelWiring
from segstudio.ui.models_wiring import ModelsWiring
from segstudio.ui.moving_wiring import MovingWiring
from segstudio.ui.overlay_wiring import OverlayWiring
from segstudio.ui.region_table import REGION_ROWS
from segstudio.ui.region_wiring import RegionWiring
from segstudio.ui.side_column import LOWER
from segstudio.ui.text_dialog import TextDialog
from segstudio.ui.theme import Appearance
from segstudio.ui.tool_table import TOOLS
from segstudio.ui.tool_wiring import ToolWiring
from segstudio.ui.window import MainWindow

if TYPE_CHECKING:
    # Imported when it is first opened: the start is shorter without.
    from segstudio.ui.merge_flow import MergeFlow

LOG_BYTES = 60_000
"""How much of the end of the log is shown."""


class Commands(QObject):
    """Connects every row of the action table to what it does."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        appearance: Appearance,
        *,
        tools: ToolWiring,
        overlay: OverlayWiring,
        classes: ClassWiring,
        class_table: ClassTableWiring,
        model: ModelWiring,
        models: ModelsWiring,
        batch: BatchWiring,
        marks: MarkWiring,
        regions: RegionWiring,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._appearance = appearance
        self._tools = tools
        self._overlay = overlay
        self._classes = classes
        self._class_table = class_table
        self._model = model
        self._models = models
        self._batch = batch
        self._marks = marks
        self._regions = regions
        self.export = ExportFlow(window, session)
        self._moving = MovingWiring(window, session)
        self._merge: MergeFlow | None = None
        self._answers_save = False
        FirstSteps(window.start_page, session, self.export)
        for name, work in self._table().items():
            window.actions_by_name[name].triggered.connect(work)
        self._connect()

    def _connect(self) -> None:
        window, session = self._window, self._session
        window.status_bar.save_help_requested.connect(self._explain_unsaved)
        window.status_bar.zoom_requested.connect(window.canvas.set_zoom)
        window.status_bar.fit_requested.connect(window.canvas.fit)
        session.images_changed.connect(self._fill_recent)
        session.saver.state_changed.connect(self._on_save_state)
        self._fill_recent()

    def _table(self) -> dict[str, Callable[..., object]]:
        session, window, canvas = self._session, self._window, self._window.canvas
        tools, overlay, classes = self._tools, self._overlay, self._classes
        table: dict[str, Callable[..., object]] = {
            "open_images": self.open_images,
            "open_folder": self.open_folder,
            "find_moved": self._moving.find,
            "labels_fit": self._moving.labels_fit,
            "save": self.save,
            "merge_copy": self.merge_copy,
            "export": self.export.ask,
            "undo": session.undo,
            "redo": session.redo,
            "apply": session.editor.apply,
            "back": session.editor.back,
            "cancel": self.cancel,
            "fit": canvas.fit,
            "actual_size": lambda: canvas.set_zoom(1.0),
            "zoom_in": lambda: canvas.step_zoom(+1),
            "zoom_out": lambda: canvas.step_zoom(-1),
            "keep_zoom": self._keep_zoom,
            "overlay": overlay.toggle,
            "overlay_style": overlay.next_style,
            "less_opacity": lambda: overlay.step_opacity(-1),
            "more_opacity": lambda: overlay.step_opacity(+1),
            "next_part": lambda: window.next_part(+1),
            "previous_part": lambda: window.next_part(-1),
            "next_image": lambda: session.step_image(+1),
            "previous_image": lambda: session.step_image(-1),
            "next_open": lambda: session.step_not_done(+1),
            "previous_open": lambda: session.step_not_done(-1),
            "first_image": lambda: session.show_image(session.images.order.row_at(0)),
            "last_image": lambda: session.show_image(
                session.images.order.row_at(len(session.images.order) - 1)
            ),
            "find_images": self._marks.find,
            "reset_layout": window.reset_layout,
            "zen": window.set_zen,
            "full_screen": self._full_screen,
            "smaller": lambda: tools.step_number(-1),
            "larger": lambda: tools.step_number(+1),
            "snap": tools.toggle_snap,
            "paint_over": window.options_bar.step_scope,
            "class_picker": classes.pick,
            "next_class": lambda: classes.step_class(+1),
            "previous_class": lambda: classes.step_class(-1),
            "swap_class": classes.swap_class,
            "lock_class": lambda: classes.toggle_active("locked"),
            "hide_class": lambda: classes.toggle_active("hidden"),
            "rename_class": classes.rename_active,
            "add_class": window.class_panel.start_adding,
            "done": self._done,
            "done_and_next": session.done_and_next,
            "checked": self._marks.set_checked,
            "skip": self._marks.set_skipped,
            "note": self._marks.note,
            "segment": self._model.segment,
            "segment_view": self._batch.segment_view,
            "segment_unlabelled": self._batch.segment_unlabelled,
            "segment_all": self._batch.ask,
            "batch_errors": self._batch.show_list,
            "take_labels": self._batch.previous.take,
            "match_classes": self._model.match,
            "models": self._models.open,
            "architectures": self._models.show_architectures,
            "edit_classes": self._class_table.edit,
            "import_classes": self._class_table.import_list,
            "export_classes": self._class_table.export_list,
            "undo_class_step": self._class_table.undo_step,
            "who_made": lambda: window.history_panel.who_requested.emit(),
            "statistics": lambda: window.set_panel_shown("statistics", True),
            "export_areas": lambda: window.statistics_panel.areas_requested.emit(),
            "keys": self.keys,
            "check": self.check,
            "log": self.log,
            "about": self.about,
        }
        for name in ("images", "classes", *LOWER):
            table[f"panel_{name}"] = self._panel_switch(name)
        for row in REGION_ROWS:
            table[row.name] = partial(self._ask_region, row.name)
        for tool in TOOLS:
            table[f"tool_{tool.name}"] = self._tool_choice(tool.name)
        for name in ("system", "dark", "light"):
            table[f"theme_{name}"] = self._theme_choice(name)
        return table

    def _panel_switch(self, name: str) -> Callable[..., object]:
        return lambda shown: self._window.set_panel_shown(name, shown)

    def _tool_choice(self, name: str) -> Callable[..., object]:
        return lambda: self._tools.set_tool(name)

    def _theme_choice(self, name: str) -> Callable[..., object]:
        def choose() -> None:
            self._session.settings.set("theme", name)
            self._appearance.choose(name)
            self._window.canvas.update()

        return choose

    # File ------------------------------------------------------------------------------------

    def open_images(self) -> None:
        """Ask for images and open them."""
        patterns = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        names, _ = QFileDialog.getOpenFileNames(
            self._window,
            self.tr("Open images"),
            self._start_folder(),
            self.tr("Images (%s);;All files (*)") % patterns,
        )
        if names:
            self._session.open([Path(name) for name in names])

    def open_folder(self) -> None:
        """Ask for a folder and open the images below it."""
        name = QFileDialog.getExistingDirectory(
            self._window, self.tr("Open folder"), self._start_folder()
        )
        if name:
            self._session.open([Path(name)])

    def save(self) -> None:
        """Save now; an answer always comes."""
        self._answers_save = True
        self._session.save()
        self._on_save_state(self._session.saver.state)

    def _on_save_state(self, state: SaveState) -> None:
        if not self._answers_save or state.saving:
            return
        self._answers_save = False
        if state.problem:
            self._session.tell_error(state.problem)
        else:
            self._window.frame.toast.tell(self.tr("Saved"))

    def merge_copy(self) -> None:
        """Ask for another copy of the project and merge it."""
        from segstudio.ui.merge_flow import MergeFlow

        if self._merge is None:
            self._merge = MergeFlow(self._window, self._session)
        self._merge.ask()

    def _start_folder(self) -> str:
        root = self._session.root
        return str(root) if root is not None else str(Path.home())

    def _fill_recent(self) -> None:
        paths = [p for p in map(Path, self._session.settings.get("recent")) if p.exists()]
        actions.fill_recent(self._window.menus["File/Recent"], paths, self._open_recent)

    def _open_recent(self, path: Path) -> None:
        self._session.open([path])

    def _explain_unsaved(self) -> None:
        problem = self._session.saver.state.problem
        if problem:
            self._session.tell_error(problem)

    # Edit, View, Labels ----------------------------------------------------------------------

    def cancel(self) -> None:
        """Leave what has begun: a stroke, else a Segment, else a notice; then to the canvas."""
        window, session = self._window, self._session
        if session.editor.has_begun:
            session.editor.cancel()
        elif session.segmenting.is_running:
            session.segmenting.stop()
        elif window.frame.banner.isVisible():
            window.frame.banner.dismiss()
        window.canvas.setFocus()

    def _keep_zoom(self, keep: bool) -> None:
        self._session.settings.set("view.keep_zoom", keep)

    def _full_screen(self, full: bool) -> None:
        if full:
            self._window.showFullScreen()
        else:
            self._window.showNormal()

    def _ask_region(self, name: str, _checked: bool = False) -> None:
        self._regions.ask(name)

    def _done(self, done: bool) -> None:
        self._session.set_done(done)

    # Help ------------------------------------------------------------------------------------

    def keys(self) -> None:
        """Show all keys."""
        from segstudio.ui.keys_sheet import KeysSheet

        KeysSheet(self._window).show()

    def check(self) -> None:
        """Check this computer, in a process of its own that may import everything."""
        dialog = TextDialog(self.tr("Check this computer"), self.tr("Checking…"), self._window)
        dialog.show()
        job = self._session.runner.new("check", _run_doctor)
        job.succeeded.connect(dialog.set_text)
        job.failed.connect(dialog.set_text)
        job.start()

    def log(self) -> None:
        """Show the end of the log."""
        ends = [logs.end_of(name, LOG_BYTES) for name in (logs.WINDOW, logs.ENGINE)]
        text = "\n".join(filter(None, ends)) or self.tr("Nothing has been logged yet.")
        TextDialog(self.tr("Log"), text, self._window).show()

    def about(self) -> None:
        """Say what this is."""
        QMessageBox.about(
            self._window,
            self.tr("About segstudio"),
            self.tr(
                "<b>segstudio %s</b><p>Label images by correcting a model. Everything stays on "
                "this computer: no account, no upload.</p><p>MIT licence.</p>"
            )
            % __version__,
        )


def _run_doctor(_job: Job) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "segstudio", "doctor"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=120,
    )
    return done.stdout + done.stderr

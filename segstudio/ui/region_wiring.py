"""Operations on regions: the popover with its preview on the canvas, and what is told of steps."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QColor

from segstudio.core.patch import Patch
from segstudio.editing.kinds import kind_at
from segstudio.editing.marks import Area
from segstudio.editing.place import Where
from segstudio.editing.region_operations import BY_NAME
from segstudio.editing.scope import PaintOver
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.region_operations import CHANGE_STROKE, Found, RegionOperations
from segstudio.session.session import Session
from segstudio.ui import region_table
from segstudio.ui.region_popover import RegionPopover
from segstudio.ui.window import MainWindow

REST_MS = 120
"""How long the view rests before what is seen of the image is looked at again."""

PATIENCE_MS = 250
"""How long the counts of before stay when others take their time."""


class RegionWiring(QObject):
    """Asks for operations, shows what they would change, and passes wishes on."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self.operations = RegionOperations(session)
        self._popover: RegionPopover | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._look)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._say_counting)
        self.operations.found.connect(self._on_found)
        self.operations.applied.connect(self._on_applied)
        session.document_changed.connect(self.close)
        session.labels_changed.connect(self._look)
        session.editor.state_changed.connect(self._look)
        session.classes_changed.connect(self._on_classes)
        window.canvas.sight_changed.connect(self._on_sight)
        window.actions_by_name["cancel"].triggered.connect(self.close)

    def ask(self, name: str, pixel: tuple[int, int] | None = None) -> None:
        """Show an operation; about the region of a pixel, where one is given."""
        session = self._session
        document = session.document
        if document is None:
            session.tell(self.tr("Open images first; there are no regions yet."))
            return
        session.editor.finish()  # so that what is counted is what would be changed
        if self._popover is None:
            self._popover = RegionPopover(self._window.frame)
            self._window.frame.add_panel(self._popover)
            self._popover.wish_changed.connect(self._look)
            self._popover.apply_requested.connect(self._on_apply)
            self._popover.closed.connect(self._on_closed)
        self._popover.set_result(self.tr("Counting…"), can_apply=False)
        is_about_one = pixel is not None and BY_NAME[name].is_for_region
        self._popover.open_for(
            name,
            session.classes,
            active=session.editor.state.class_index,
            pixel=pixel,
            region_kind=kind_at(document.planes, *pixel) if pixel and is_about_one else None,
        )

    def close(self, _document: object = None) -> None:
        """Take the popover away; nothing changes."""
        if self._popover is not None:
            self._popover.close_it()

    @property
    def _is_open(self) -> bool:
        return self._popover is not None and not self._popover.isHidden()

    # The preview -----------------------------------------------------------------------------

    def _look(self, _changed: object = None) -> None:
        if self._popover is not None and self._is_open:
            self.operations.preview(self._popover.wish)
            if not self._patience.isActive():
                self._patience.start()

    def _say_counting(self) -> None:
        if self._popover is not None:
            self._popover.set_result(self.tr("Counting…"), can_apply=False)

    def _on_sight(self) -> None:
        if self._popover is not None and self._is_open and self._popover.where is Where.VIEW:
            self._rest.start()

    def _on_classes(self, _table: object) -> None:
        if self._popover is not None and self._is_open:
            self._popover.set_classes(self._session.classes)

    def _on_found(self, found: Found) -> None:
        popover = self._popover
        if popover is None or not self._is_open:
            return
        self._patience.stop()
        proposal, row = found.proposal, region_table.BY_NAME[found.wish.operation]
        if not proposal.pixels:
            popover.set_result(self._nothing(), can_apply=False)
            self._window.canvas.set_preview(())
            return
        words = region_table.amount(row, proposal.things, proposal.pixels)
        popover.set_result(self.tr("%s would change") % words, can_apply=True)
        self._window.canvas.set_preview((Area(proposal.selection),), self._colour(found))

    def _nothing(self) -> str:
        over = self._session.editor.state.over
        if over is not PaintOver.ANYTHING:
            return self.tr("Nothing would change: Paint over is not “Anything unlocked”.")
        if self._session.classes.flags("locked").any():
            return self.tr("Nothing would change, or only what is locked.")
        return self.tr("Nothing would change.")

    def _colour(self, found: Found) -> QColor | None:
        """Return the colour of the one class that all of it becomes, if it is one."""
        wish, classes = found.wish, self._session.classes
        operation = BY_NAME[wish.operation]
        index = wish.target if wish.operation == "replace_class" else wish.kind
        is_one = operation.writes_its_class or wish.operation == "replace_class"
        entry = classes.get(index) if is_one else None
        return QColor(*entry.colour) if entry is not None else None

    # Steps -----------------------------------------------------------------------------------

    def _on_apply(self) -> None:
        if self._popover is not None:
            self.operations.apply(self._popover.wish)
            self.close()

    def _on_applied(self, name: str, patch: Patch, things: int) -> None:
        if name == CHANGE_STROKE:
            text = self.tr("{count:,} px changed").format(count=patch.pixels)
        else:
            text = region_table.done_text(name, things, patch.pixels)
        undo = (("undo", self.tr("Undo")),)
        self._session.noticed.emit(Notice(text, NoticeKind.TOAST, undo))

    def _on_closed(self) -> None:
        self._rest.stop()
        self._patience.stop()
        self.operations.forget()
        self._window.canvas.set_preview(())
        self._window.canvas.setFocus()

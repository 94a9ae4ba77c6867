"""The menu at the cursor: what was clicked, and what is done with it."""

from functools import partial

from PySide6.QtCore import QObject, QPoint, QPointF

from segstudio.core.document import Document
from segstudio.editing.kinds import UNLABELLED, kind_at
from segstudio.editing.last_stroke import last_stroke
from segstudio.editing.place import Where
from segstudio.editing.wish import Wish
from segstudio.session.session import Session
from segstudio.ui.canvas_menu import IMAGE, STROKE, CanvasMenu, Clicked
from segstudio.ui.class_picker import ClassPicker
from segstudio.ui.class_wiring import ClassWiring
from segstudio.ui.history_text import subject, tool_name
from segstudio.ui.pixel_text import card_text, pixel_at
from segstudio.ui.region_wiring import RegionWiring
from segstudio.ui.who_wiring import WhoWiring
from segstudio.ui.window import MainWindow

Pixel = tuple[int, int]


class CanvasMenuWiring(QObject):
    """Opens the menu at a right click on the image, and passes its wishes on."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        *,
        classes: ClassWiring,
        regions: RegionWiring,
        who: WhoWiring,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._classes = classes
        self._regions = regions
        self._who = who
        self._picker: ClassPicker | None = None
        self._pixel: Pixel = (0, 0)
        self._document: Document | None = None
        """What was clicked; the class picker may outlive it."""
        self._changes = ""
        """What the class picker is asked for: see `CanvasMenu.change_requested`."""
        window.canvas.menu_requested.connect(self._on_menu_requested)

    def _on_menu_requested(self, spot: QPointF) -> None:
        document, canvas = self._session.document, self._window.canvas
        if document is None or self._session.editor.is_busy:
            return
        pixel = pixel_at(document, canvas.camera.to_image(spot))
        if pixel is None:
            return
        self._pixel, self._document = pixel, document
        self._window.frame.tag.hide()
        menu = CanvasMenu(self._clicked(document, pixel), self._session.classes, canvas)
        menu.aboutToHide.connect(menu.deleteLater)
        # Labels read anew, as after a class step, may lack what the menu offers.
        self._session.document_changed.connect(menu.close)
        menu.paint_requested.connect(self._classes.activate)
        menu.change_requested.connect(self._change)
        menu.picker_requested.connect(self._pick)
        menu.locked_requested.connect(self._classes.set_locked)
        menu.hidden_requested.connect(self._classes.set_hidden)
        menu.operation_requested.connect(self._operate)
        menu.who_requested.connect(partial(self._who.answer, spot))
        menu.popup(canvas.mapToGlobal(spot.toPoint()))

    def _clicked(self, document: Document, pixel: Pixel) -> Clicked:
        x, y = pixel
        classes = self._session.classes
        head = card_text(document, classes, pixel)
        step = last_stroke(document.history.steps[: document.history.position])
        stroke = stroke_kind = None
        if step is not None:
            index = step.origin.class_index
            stroke_kind = UNLABELLED if index is None else index
            painted = subject(step.origin, classes)
            amount = self.tr("%s px") % f"{step.pixels:,}"
            parts = (tool_name(step.origin.tool), painted, amount)
            stroke = " · ".join(part for part in parts if part)
        return Clicked(head, kind_at(document.planes, x, y), stroke, stroke_kind)

    def _change(self, what: str, kind: int) -> None:
        operations = self._regions.operations
        document = self._session.document
        if document is None or document is not self._document:
            return
        if what == STROKE:
            operations.change_stroke(kind)
            return
        where = Where.IMAGE if what == IMAGE else Where.REGION
        own = kind_at(document.planes, *self._pixel)
        operations.apply(Wish("replace_class", where, own, kind, pixel=self._pixel))

    def _operate(self, name: str) -> None:
        self._regions.ask(name, self._pixel)

    def _pick(self, what: str) -> None:
        """Open the class picker where the pixel is."""
        if self._picker is None:
            self._picker = ClassPicker(self._window)
            self._picker.class_chosen.connect(self._on_picked)
        self._changes = what
        canvas, (x, y) = self._window.canvas, self._pixel
        place = canvas.mapToGlobal(canvas.camera.to_widget(x + 0.5, y + 0.5).toPoint())
        active = self._session.editor.state.class_index
        self._picker.open_for(place + QPoint(8, 8), self._session.classes, [], active)

    def _on_picked(self, index: int) -> None:
        self._change(self._changes, index)

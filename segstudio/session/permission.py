"""Whether a person may change something now; where not, they are told why."""

from PySide6.QtCore import QObject, Signal

from segstudio.session.class_steps import ClassSteps
from segstudio.session.editor import Editor
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.saving import Saver, SaveState
from segstudio.session.showing import Showing


class Permission(QObject):
    """Knows who else has the project, and what everybody has to wait for."""

    noticed = Signal(object)
    """A `Notice`."""

    def __init__(
        self,
        editor: Editor,
        saver: Saver,
        class_steps: ClassSteps,
        showing: Showing,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._editor = editor
        self._saver = saver
        self._class_steps = class_steps
        self._showing = showing
        editor.refused.connect(self._on_refused)
        saver.state_changed.connect(self._on_save_state)

    @property
    def is_read_only(self) -> bool:
        """Whether another window has the project, so that nothing can be changed here."""
        return self._saver.project is not None and bool(self._saver.project.held_by)

    def may_write(self) -> bool:
        """Tell whether what is known of images and classes may be changed."""
        if self.is_read_only:
            self.tell_held()
        return not self.is_read_only

    def may_change(self) -> bool:
        """Tell whether the labels of the image that is shown may be changed."""
        if self._is_waited_for():
            return False
        return self._showing.document is not None and self.may_write()

    def may_change_classes(self) -> bool:
        """Tell whether the class table may be changed."""
        return self.may_write() and not self._is_waited_for()

    def tell_held(self) -> None:
        """Say who has the project, so that nothing can be changed here."""
        copy = (("save_copy", self.tr("Save a copy…")),)
        self.noticed.emit(Notice(self._editor.forbidden, NoticeKind.ERROR, copy))

    def _is_waited_for(self) -> bool:
        """Tell whether a class step is under way, and the person with it."""
        self._class_steps.settle()
        if self._editor.held:
            self.noticed.emit(Notice(self._editor.held, NoticeKind.TOAST))
        return bool(self._editor.held)

    def _on_refused(self, _why: str) -> None:
        """Let a person paint again once who had the project has turned out to be gone."""
        if self._editor.forbidden and not self.is_read_only and not self._saver.state.is_over:
            self._editor.forbidden = ""
            text = self.tr("The other computer is silent. The project can be changed here now.")
            self.noticed.emit(Notice(text))

    def _on_save_state(self, state: SaveState) -> None:
        if state.is_over:
            self._editor.forbidden = state.problem
            self.tell_held()

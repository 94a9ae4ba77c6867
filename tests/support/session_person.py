"""A person who uses a session as the window does."""

import gc
import weakref

from segstudio.core.region import Region
from segstudio.editing.tool import Modifiers
from segstudio.session.notice import NoticeKind


class Person:
    """Uses a session as the window does, and notes what it was told."""

    def __init__(self, session, qtbot) -> None:
        self.session = session
        self.qtbot = qtbot
        self.told: list[str] = []
        self.errors: list[str] = []
        session.noticed.connect(self._on_notice)

    def lets_go_of_the_image(self) -> bool:
        """Leave the open image and tell whether nothing keeps it in memory."""
        path, document = self.document.path, weakref.ref(self.document)
        self.show(1)
        self.saved()
        self.idle()
        self.session.showing.shelf.drop(path)
        gc.collect()
        return document() is None

    def _on_notice(self, notice) -> None:
        (self.errors if notice.kind is NoticeKind.ERROR else self.told).append(notice.text)

    @property
    def document(self):
        return self.session.document

    def until(self, condition) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=15_000)

    def open(self, *paths) -> None:
        with self.qtbot.waitSignal(self.session.images_changed, timeout=5000):
            self.session.open(paths)
        self.settle()

    def show(self, row) -> None:
        self.session.show_image(row)
        self.settle()

    def settle(self) -> None:
        session = self.session
        self.until(lambda: session.document and session.document.path == session.images.path)

    def idle(self) -> None:
        """Wait for every job."""
        self.until(lambda: not self.session.runner._jobs)

    def paint(self, x, y, index=None) -> None:
        """Paint a dot of five pixels."""
        editor = self.session.editor
        if index is not None:
            editor.change(class_index=index)
        editor.change(tool="brush")
        editor.set_size(5)
        editor.press((x + 0.5, y + 0.5), Modifiers())
        editor.release()

    def merge(self, source, target) -> None:
        """Merge two classes and wait until that is stored, or refused."""
        self.session.merge_classes(source, target)
        self.classes_settled()

    def delete(self, index, target=None) -> None:
        self.session.delete_class(index, target)
        self.classes_settled()

    def take_back(self) -> None:
        self.session.undo_class_step()
        self.classes_settled()

    def classes_settled(self) -> None:
        self.until(lambda: not self.session.class_steps.under_way)

    def saved(self) -> None:
        self.session.save()
        self.until(lambda: not self.session.saver.has_unsaved)

    def whole(self) -> Region:
        return Region(0, 0, self.document.height, self.document.width)

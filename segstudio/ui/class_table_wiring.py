"""The class table as a whole: its editor, lists from files and pasted text, merge and delete."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from segstudio.core.class_keys import with_key
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegstudioError
from segstudio.formats import class_lists
from segstudio.session.class_counts import ClassCount, count_classes
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.session import Session
from segstudio.ui import class_files
from segstudio.ui.class_step import ClassStep
from segstudio.ui.class_wiring import ClassWiring
from segstudio.ui.window import MainWindow

if TYPE_CHECKING:
    # Imported when it is first opened: the start is shorter without.
    from segstudio.ui.class_editor import ClassEditor

RECOUNT_MS = 100
"""After a merge the record of every image changes; they are counted when that rests."""


class ClassTableWiring(QObject):
    """Opens the dialogs about classes and passes their wishes on."""

    def __init__(self, window: MainWindow, session: Session, classes: ClassWiring) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._classes = classes
        self._editor: ClassEditor | None = None
        self._recount = QTimer(self, singleShot=True, interval=RECOUNT_MS)
        self._connect()
        self._show_undo()

    def _connect(self) -> None:
        panel, session = self._window.class_panel, self._session
        panel.key_requested.connect(self._on_key)
        panel.merge_requested.connect(self.merge)
        panel.delete_requested.connect(self.delete)
        panel.add_several_requested.connect(self.add_several)
        panel.edit_requested.connect(self.edit)
        panel.import_requested.connect(self.import_list)
        panel.export_requested.connect(self.export_list)
        session.classes_changed.connect(self._on_classes)
        session.images_changed.connect(self._show_undo)
        session.record_changed.connect(self._on_record)
        session.records_changed.connect(self._on_record)
        session.list_changed.connect(self._on_record)
        session.noticed.connect(self._on_notice)
        self._recount.timeout.connect(self._show_counts)
        self._window.menus["Edit"].aboutToShow.connect(self._show_undo)

    # Adding ----------------------------------------------------------------------------------

    def add_several(self, names: Sequence[str]) -> None:
        """Add those of some names that the table lacks, and say how many."""
        unique = class_lists.without_repeats(names)
        try:
            wanted = class_lists.table_of(unique)
        except SegstudioError as error:
            self._session.tell_error(str(error))
            return
        self._add_missing(wanted, self.tr("the pasted names"))

    def import_list(self) -> None:
        """Ask for a file and add the classes that the table lacks."""
        path = class_files.ask_to_read(self._window)
        if path is not None:
            self.import_from(path)

    def import_from(self, path: Path) -> None:
        """Add the classes of a file that the table lacks; an empty table takes all as they are."""
        try:
            found = class_lists.read(path)
        except SegstudioError as error:
            self._session.tell_error(str(error))
            return
        self._add_missing(found, path.name)

    def _add_missing(self, found: ClassTable, source: str) -> None:
        before = self._session.classes
        if len(before):
            self._session.edit_classes(lambda table: table.with_missing(found))
        else:
            self._session.set_classes(found)
        added = len(self._session.classes) - len(before)
        known = sum(before.find(entry.name) is not None for entry in found)
        if added + known == len(found):  # else why not has been told
            self._toast(self._added_text(added, known, source))

    def _added_text(self, added: int, known: int, source: str) -> str:
        if not added:
            return self.tr("Nothing added: every class of %s is there already") % source
        one, several = self.tr("1 class added from %s"), self.tr("%d classes added from %s")
        text = one % source if added == 1 else several % (added, source)
        there = {0: "", 1: self.tr(", 1 was there already")}
        return text + there.get(known, self.tr(", %d were there already") % known)

    def export_list(self) -> None:
        """Ask for a place and write the class table there."""
        folder = self._session.root or Path.home()
        path = class_files.ask_to_write(self._window, folder)
        if path is None:
            return
        try:
            class_lists.write(path, self._session.classes)
        except SegstudioError as error:
            self._session.tell_error(str(error))
            return
        count = len(self._session.classes)
        self._toast(self.tr("%d classes written to %s") % (count, path.name))

    def _toast(self, text: str) -> None:
        self._session.noticed.emit(Notice(text, NoticeKind.TOAST))

    # Editing ---------------------------------------------------------------------------------

    def edit(self) -> None:
        """Open the editor of classes."""
        from segstudio.ui.class_editor import ClassEditor

        editor = ClassEditor(self._window)
        self._editor = editor
        editor.set_classes(self._session.classes)
        self._show_counts()
        editor.add_requested.connect(self._session.add_class)
        editor.change_requested.connect(self._on_change)
        editor.move_requested.connect(self._on_move)
        editor.merge_requested.connect(self.merge)
        editor.delete_requested.connect(self.delete)
        editor.finished.connect(self._on_editor_closed)
        editor.open()

    def _on_editor_closed(self) -> None:
        if self._editor is not None:
            self._editor.deleteLater()
            self._editor = None

    def _on_change(self, index: int, field: str, value: object) -> None:
        if field == "key":
            self._on_key(index, str(value))
        elif field == "name":
            self._classes.rename(index, str(value))
        else:
            self._session.edit_classes(lambda table: table.changed(index, **{field: value}))

    def _on_key(self, index: int, key: str) -> None:
        self._session.edit_classes(lambda table: with_key(table, index, key))

    def _on_move(self, index: int, position: int) -> None:
        self._session.edit_classes(lambda table: table.moved(index, position))

    def _on_classes(self, table: ClassTable) -> None:
        self._show_undo()
        if self._editor is not None:
            self._editor.set_classes(table)
            self._recount.start()

    def _on_record(self, _row: int = -1) -> None:
        if self._editor is not None:
            self._recount.start()

    def _show_counts(self) -> None:
        if self._editor is not None:
            self._editor.set_counts(count_classes(self._session.images.records))

    def _on_notice(self, notice: Notice) -> None:
        if self._editor is not None and notice.kind is NoticeKind.ERROR:
            self._editor.set_problem(notice.text)  # the banner is behind the dialog

    # Steps of the project --------------------------------------------------------------------

    def merge(self, source: int, target: int | None = None) -> None:
        """Ask before a class becomes part of another one."""
        table, entry = self._session.classes, self._session.classes.get(source)
        if entry is None or len(table) < 2:
            return
        count, over = self._count(source), self._editor or self._window
        dialog = ClassStep.merging(table, entry, count, target=target, parent=over)
        self._ask(dialog, partial(self._session.merge_classes, source))

    def delete(self, index: int) -> None:
        """Ask before a class is taken away."""
        table, entry = self._session.classes, self._session.classes.get(index)
        if entry is not None:
            over = self._editor or self._window
            dialog = ClassStep.deleting(table, entry, self._count(index), parent=over)
            self._ask(dialog, partial(self._session.delete_class, index))

    def _ask(self, dialog: ClassStep, work: partial[None]) -> None:
        dialog.confirmed.connect(work)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _count(self, index: int) -> ClassCount:
        return count_classes(self._session.images.records).get(index, ClassCount())

    def undo_step(self) -> None:
        """Take back the last merge or delete of a class."""
        self._session.undo_class_step()

    def _show_undo(self) -> None:
        step = self._session.class_step
        action = self._window.actions_by_name["undo_class_step"]
        action.setEnabled(bool(step))
        action.setText(self._undo_text(step))

    def _undo_text(self, step: str) -> str:
        if not step:
            return self.tr("Undo class step")
        is_merge = " → " in step  # a merge is named by both of its classes
        words = self.tr("Undo class merge: %s") if is_merge else self.tr("Undo class delete: %s")
        return (words % step).replace("&", "&&")

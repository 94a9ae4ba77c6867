"""The class table in use, its edits, and what the classes of each model become in it."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.document import Document
from segstudio.core.errors import SegstudioError
from segstudio.core.merge import LEAVE_UNLABELLED, ClassMatch
from segstudio.engine.model_messages import ModelInfo
from segstudio.project.store import Matches
from segstudio.session.editor import Editor
from segstudio.session.saving import Saver


class ClassBook(QObject):
    """Changes the class table and tells those who work with it: editor, saver, window."""

    changed = Signal(object)
    """The `ClassTable` in use."""
    match_changed = Signal()
    wanted = Signal()
    """A stroke needs a class and there is none: the last moment to choose a table."""
    refused = Signal(str)
    """Why an edit was not done."""

    def __init__(self, editor: Editor, saver: Saver, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = ClassTable()
        self.matches: Matches = {}
        self.became: Mapping[int, int] = {}
        """What classes that are gone became: an own index, `IGNORE_INDEX`, `LEAVE_UNLABELLED`."""
        self._editor = editor
        self._saver = saver
        editor.class_wanted.connect(self._on_class_wanted)

    def open(self, table: ClassTable, matches: Matches) -> None:
        """Turn to the table of other images, and to what was matched by hand for them."""
        self.matches = matches
        is_same = table == self.table
        self.use(table, keep=False)
        if is_same:
            self.match_changed.emit()

    def use(self, table: ClassTable, *, keep: bool = True) -> None:
        """Use another table.

        Parameters
        ----------
        keep : bool
            Save it now; otherwise it is saved with the next change of anything.
        """
        if table == self.table:
            return
        self.table = table
        self._editor.classes = table
        if keep:
            self._saver.classes_changed(table)
        else:
            self._saver.owed_classes = table
        active = self._editor.state.class_index
        if table.get(active) is None and active != IGNORE_INDEX:
            self._editor.change(class_index=table.indices[0] if table.indices else -1)
        self.changed.emit(table)
        self.match_changed.emit()

    def edit(self, change: Callable[[ClassTable], ClassTable]) -> None:
        """Change the table; a name that is taken or empty is refused in a sentence."""
        try:
            self.use(change(self.table))
        except SegstudioError as error:
            self.changed.emit(self.table)  # shows the old name again
            self.refused.emit(str(error))

    def add(self, name: str) -> None:
        """Add a class and make it the active one."""
        added = self.table.next_index
        self.edit(lambda table: table.with_class(name))
        if self.table.next_index > added:
            self._editor.change(class_index=added)

    def adopt(self, document: Document) -> tuple[int, ...]:
        """Give a name to each index of a label map that the table does not know; return those."""
        known = set(self.table.indices)
        unknown = [i for i in range(IGNORE_INDEX) if document.counts[i] and i not in known]
        table = self.table
        for index in unknown:
            table = table.with_index(index, self.tr("class %d") % index)
        # Looking at an image writes nothing; the first change of anything does.
        self.use(table, keep=False)
        return tuple(unknown)

    def match(self, model: ModelInfo) -> ClassMatch:
        """Return what each class of a model becomes."""
        chosen = self.matches.get(model.name)
        if model.kind == "taught":
            return match_by_index(model.classes, self.table, self.became, chosen)
        return match_by_name(model.classes, self.table, chosen)

    def set_match(self, model: str, chosen: dict[str, int]) -> None:
        """Keep what a person chose each class of a model to become, by its name."""
        self.matches = {**self.matches, model: chosen}
        self._saver.matches_changed(self.matches)
        self.match_changed.emit()

    def _on_class_wanted(self) -> None:
        if not len(self.table):
            self.wanted.emit()
        if not len(self.table):
            self.add(self.tr("Class 1"))
        else:
            self._editor.change(class_index=self.table.indices[0])


def match_by_name(
    model: ClassTable, own: ClassTable, chosen: dict[str, int] | None = None
) -> ClassMatch:
    """Return what each class of a model becomes: as chosen by hand, else by equal name.

    Where no name is quite equal, case and what is neither letter nor digit do not count: the
    "tvmonitor" and "diningtable" of one list are the "TV monitor" and "dining_table" of another.

    Parameters
    ----------
    model, own : ClassTable
    chosen : dict of model class name to own index, `IGNORE_INDEX` or `LEAVE_UNLABELLED`
    """
    targets = [LEAVE_UNLABELLED] * (max(model.indices, default=-1) + 1)
    loosely = {_letters(entry.name): entry for entry in reversed(own.classes)}
    for entry in model:
        same = own.find(entry.name) or loosely.get(_letters(entry.name))
        target = same.index if same else LEAVE_UNLABELLED
        wanted = (chosen or {}).get(entry.name, target)
        known = wanted in (IGNORE_INDEX, LEAVE_UNLABELLED) or own.get(wanted) is not None
        targets[entry.index] = wanted if known else target
    return ClassMatch(tuple(targets))


def match_by_index(
    model: ClassTable,
    own: ClassTable,
    became: Mapping[int, int],
    chosen: dict[str, int] | None = None,
) -> ClassMatch:
    """Return what each class of a model becomes that was taught with the own class table.

    Indices are never given again, so that a class keeps its match under another name. One that is
    gone is what its pixels became.

    Parameters
    ----------
    became : mapping of int to int
        As `ClassBook.became`.
    chosen : dict of model class name to own index, `IGNORE_INDEX` or `LEAVE_UNLABELLED`
    """
    targets = [LEAVE_UNLABELLED] * (max(model.indices, default=-1) + 1)
    for entry in model:
        wanted = (chosen or {}).get(entry.name, entry.index)
        wanted = wanted if own.get(wanted) is not None else became.get(wanted, wanted)
        known = wanted == IGNORE_INDEX or own.get(wanted) is not None
        targets[entry.index] = wanted if known else LEAVE_UNLABELLED
    return ClassMatch(tuple(targets))


def _letters(name: str) -> str:
    """Return the letters and digits of a name; the name itself where it has none."""
    return "".join(filter(str.isalnum, name.casefold())) or name

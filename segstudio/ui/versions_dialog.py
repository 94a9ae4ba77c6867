"""The models that were taught in a project: how good each is, and the way back to one."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.core.model_version import ModelVersion
from segstudio.core.palette import Colour
from segstudio.ui import version_text
from segstudio.ui.controls import ElidedLabel, link_button, named, text_label
from segstudio.ui.message_bar import MessageBar
from segstudio.ui.model_facts import ModelFacts
from segstudio.ui.score_chart import ScoreChart
from segstudio.ui.version_list import VersionList

DIALOG_SIZE = (820, 600)
_SMALLEST = (720, 480)
_LIST_WIDTH, _CHART_HEIGHT = 292, 150
_OTHER_COLOUR: Colour = (128, 128, 128)
"""Of a class that is gone."""


class VersionsDialog(QDialog):
    """Shows and asks; changes nothing itself."""

    use_requested = Signal(int)
    remove_requested = Signal(int)
    keep_requested = Signal(int)
    teach_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "versions_dialog", self.tr("Model versions"))
        self.setWindowTitle(self.tr("Model versions"))
        self.resize(*DIALOG_SIZE)
        self.setMinimumSize(*_SMALLEST)
        self.bar = MessageBar()
        self._versions: dict[int, ModelVersion] = {}
        self._current = ""
        self._colours: Mapping[int, Colour] = {}
        self._titles: Mapping[str, str] = {}
        self._build_parts()
        self._card = self._build_card()
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(self._list)
        body.addWidget(self._card, 1)
        self._body = QWidget()
        whole = QVBoxLayout(self._body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self._chart)
        whole.addWidget(self._line)
        whole.addLayout(body, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(text_label(self.tr("Model versions"), "title"))
        column.addWidget(self.bar)
        column.addWidget(self._body, 1)
        column.addWidget(self._empty, 1)
        column.addLayout(self._build_foot())
        self._connect()
        self.set_versions((), "", colours={}, titles={})

    def _build_parts(self) -> None:
        self._chart = ScoreChart("version_chart", self.tr("Held-out IoU by version"))
        self._chart.setFixedHeight(_CHART_HEIGHT)
        self._line = text_label(
            self.tr(
                "Mean IoU on the held-out images. A line joins versions that were checked on the "
                "same images and classes; others cannot be compared by it."
            ),
            "secondary",
        )
        self._line.setWordWrap(True)
        self._list = VersionList()
        self._list.setFixedWidth(_LIST_WIDTH)
        self._empty = text_label(
            self.tr(
                "No model has been taught here yet. Label a little, then Teach (Ctrl+T).\n"
                "Each one that you use is kept here, with the way back to it."
            ),
            "secondary",
        )
        self._empty.setObjectName("versions_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def _build_card(self) -> QFrame:
        self._title = ElidedLabel("", "title")
        self._title.setObjectName("version_title")
        self._in_use = text_label(self.tr("In use"), "success")
        self._in_use.setObjectName("version_in_use")
        self._use = named(
            QPushButton(self.tr("Use")),
            "version_use",
            self.tr("Use"),
            self.tr("Use\nSegment with this version from now on."),
        )
        self._keep = link_button(self.tr("Keep in my models"), "version_keep")
        self._keep.setToolTip(self.tr("Keep in my models\nA copy for other projects."))
        self._remove = link_button(self.tr("Remove…"), "version_remove")
        for button in (self._use, self._keep, self._remove):
            button.setAutoDefault(False)
        self._facts = ModelFacts()
        card = named(QFrame(), "version_card", self.tr("Version"))
        card.setProperty("card", True)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 8, 0)
        head.setSpacing(12)
        head.addWidget(self._title, 1)
        head.addWidget(self._in_use)
        head.addWidget(self._use)
        further = QHBoxLayout()
        further.setSpacing(16)
        further.addWidget(self._keep)
        further.addWidget(self._remove)
        further.addStretch(1)
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 14, 8, 8)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self._facts, 1)
        column.addLayout(further)
        return card

    def _build_foot(self) -> QHBoxLayout:
        self._teach = named(QPushButton(self.tr("Teach…")), "versions_teach", self.tr("Teach"))
        self._teach.setAutoDefault(False)
        self._close = named(QPushButton(self.tr("Close")), "versions_close", self.tr("Close"))
        self._close.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addWidget(self._teach)
        foot.addStretch(1)
        foot.addWidget(self._close)
        return foot

    def _connect(self) -> None:
        self._list.current_changed.connect(self._on_current)
        self._list.use_requested.connect(self._on_use_of)
        self._chart.chosen.connect(self._on_point)
        self._use.clicked.connect(self._on_use)
        self._keep.clicked.connect(self._on_keep)
        self._remove.clicked.connect(self._on_remove)
        self._teach.clicked.connect(self.teach_requested)
        self._close.clicked.connect(self.accept)
        self.bar.confirmed.connect(self._on_confirmed)

    # What it shows ---------------------------------------------------------------------------

    def set_versions(
        self,
        versions: Sequence[ModelVersion],
        current: str,
        *,
        colours: Mapping[int, Colour],
        titles: Mapping[str, str],
    ) -> None:
        """Show versions, the oldest first; `current` is the name of the model in use.

        `colours` are those of the project's classes, `titles` those of all models by name.
        """
        self._versions = {version.number: version for version in versions}
        self._current, self._colours, self._titles = current, colours, titles
        points = version_text.points(versions, current)
        ends = (versions[0].title, versions[-1].title) if len(points) > 1 else ("", "")
        self._chart.set_points(points, foot=ends)
        for part in (self._chart, self._line):
            part.setVisible(len(points) > 1)
        self._list.set_versions(versions, current)
        self._body.setVisible(bool(versions))
        self._empty.setVisible(not versions)
        self._show_card()

    def choose(self, number: int) -> None:
        """Look at a version."""
        self._list.choose(number)

    def _show_card(self) -> None:
        version = self._versions.get(self._list.number or 0)
        self._card.setVisible(version is not None)
        if version is None:
            return
        is_current = version.name == self._current
        self._title.set_text(version.title)
        self._in_use.setVisible(is_current)
        self._use.setVisible(not is_current)
        self._remove.setVisible(not is_current)
        classes = [
            (name, self._colours.get(index, _OTHER_COLOUR)) for index, name in version.classes
        ]
        self._facts.set_facts(version_text.facts(version, self._titles), classes)

    # What is wished for ----------------------------------------------------------------------

    def _on_current(self, _number: int) -> None:
        if self.bar.is_asking:
            self.bar.dismiss()  # the question was about another one
        self._show_card()

    def _on_point(self, key: str) -> None:
        self.choose(int(key))

    def _on_use_of(self, number: int) -> None:
        if self._versions[number].name != self._current:
            self.use_requested.emit(number)

    def _on_use(self) -> None:
        self._on_use_of(self._list.number or 0)

    def _on_keep(self) -> None:
        self.keep_requested.emit(self._list.number or 0)

    def _on_remove(self) -> None:
        version = self._versions[self._list.number or 0]
        text = self.tr("Remove %s? There is no way back to it then; labels stay.") % version.title
        self.bar.ask(text, str(version.number), self.tr("Remove"), is_danger=True)

    def _on_confirmed(self, key: str) -> None:
        self.remove_requested.emit(int(key))

    def reject(self) -> None:
        """Leave a question; else close."""
        if self.bar.is_asking:
            self.bar.dismiss()
        else:
            super().reject()

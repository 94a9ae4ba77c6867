"""Every part that can be used is found by tests and by screen readers."""

import pytest
from interactive import INTERACTIVE
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QScrollArea,
    QScrollBar,
    QWidget,
)

from segstudio.core.image_record import ImageRecord
from segstudio.project.relink import Basis, Match
from segstudio.session.class_counts import ClassCount
from segstudio.ui.adjust_panel import AdjustPanel
from segstudio.ui.class_editor import ClassEditor
from segstudio.ui.class_panel import ClassPanel
from segstudio.ui.class_picker import ClassPicker
from segstudio.ui.class_setup import ClassSetup
from segstudio.ui.class_step import ClassStep
from segstudio.ui.colour_popover import ColourPopover
from segstudio.ui.export_dialog import ExportDialog
from segstudio.ui.export_values import ExportOffer
from segstudio.ui.first_looks_dialog import FirstLooksDialog
from segstudio.ui.history_panel import HistoryPanel
from segstudio.ui.images_panel import ImagesPanel
from segstudio.ui.layer_legend import LayerLegend
from segstudio.ui.match_dialog import MatchDialog
from segstudio.ui.merge_dialog import MergeDialog
from segstudio.ui.model_panel import ModelPanel
from segstudio.ui.models_dialog import ModelsDialog
from segstudio.ui.name_popover import NamePopover
from segstudio.ui.note_popover import NotePopover
from segstudio.ui.notice_frame import CanvasFrame
from segstudio.ui.notices import Chip
from segstudio.ui.options_bar import OptionsBar
from segstudio.ui.quit_question import QuitQuestion, RunningJob
from segstudio.ui.rail import ToolRail
from segstudio.ui.region_popover import RegionPopover
from segstudio.ui.relink_dialog import RelinkDialog
from segstudio.ui.repository_popover import RepositoryPopover
from segstudio.ui.start_cards import PlaceValues
from segstudio.ui.start_page import StartPage
from segstudio.ui.statistics_panel import StatisticsPanel
from segstudio.ui.status_bar import StatusBar
from segstudio.ui.teach_panel import TeachPanel
from segstudio.ui.text_dialog import TextDialog
from segstudio.ui.versions_dialog import VersionsDialog


def build(kind, classes, tmp_path) -> QWidget:
    if kind is ExportDialog:
        return ExportDialog(ExportOffer(1, 1, 0, 0, classes, tmp_path))
    if kind is MatchDialog:
        return MatchDialog(classes, classes, {})
    if kind is MergeDialog:
        return MergeDialog("other.segstudio")
    if kind is RelinkDialog:
        return RelinkDialog([Match("a.png", "b.png", Basis.NAME)], tmp_path)
    if kind is ClassStep:
        return ClassStep.merging(classes, classes.get(0), ClassCount())
    if kind is TextDialog:
        return TextDialog("Log", "")
    if kind is CanvasFrame:
        frame = CanvasFrame(QWidget())
        frame.chips.set_chips([Chip("scope", "Only unlabelled")])
        frame.banner.tell("One.", [("a", "Do it")])
        return frame
    if kind is NamePopover:
        return NamePopover("Anna")
    if kind is QuitQuestion:
        return QuitQuestion([RunningJob("It is running.", "It goes on.")])
    if kind is NotePopover:
        return NotePopover([ImageRecord("a.png")])
    widget = kind()
    if kind is ClassPanel:
        widget.set_classes(classes)
    if kind in (ModelPanel, StatisticsPanel):
        widget.settings()
    if kind is StartPage:
        widget.set_places([PlaceValues("a", "1 of 2 done", "today")])
        widget.set_samples([(tmp_path / "a.png", "A")])
    return widget


@pytest.mark.parametrize(
    "kind",
    [
        AdjustPanel,
        CanvasFrame,
        ClassEditor,
        ClassPanel,
        ClassPicker,
        ClassSetup,
        ClassStep,
        ColourPopover,
        ExportDialog,
        FirstLooksDialog,
        HistoryPanel,
        ImagesPanel,
        LayerLegend,
        MatchDialog,
        MergeDialog,
        ModelPanel,
        ModelsDialog,
        NamePopover,
        NotePopover,
        OptionsBar,
        QuitQuestion,
        RegionPopover,
        RelinkDialog,
        RepositoryPopover,
        StartPage,
        StatisticsPanel,
        StatusBar,
        TeachPanel,
        TextDialog,
        ToolRail,
        VersionsDialog,
    ],
)
def test_every_interactive_widget_has_both_names(qtbot, kind, classes, tmp_path):
    widget = build(kind, classes, tmp_path)
    qtbot.addWidget(widget)
    widget.grab()
    parts = [w for w in widget.findChildren(QWidget) if isinstance(w, INTERACTIVE)]
    ours = [w for w in parts if not _belongs_to_qt(w)]
    unnamed = [w for w in ours if not (w.objectName() and w.accessibleName())]
    assert unnamed == []
    names = [w.objectName() for w in ours]
    assert len(names) == len(set(names))


def _belongs_to_qt(widget: QWidget) -> bool:
    owner = widget.parent()
    inside = (QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView)
    while owner is not None:
        if isinstance(owner, inside):
            return True
        owner = owner.parent()
    scrolls = isinstance(widget, QScrollBar) and not isinstance(widget.parent(), QScrollArea)
    in_area = isinstance(widget.parent(), QAbstractScrollArea | QScrollArea)
    return scrolls or in_area or widget.objectName().startswith("qt_")

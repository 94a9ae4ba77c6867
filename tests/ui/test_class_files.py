"""Where a list of classes is written to."""

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from segstudio.ui import class_files


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (None, "classes.json"),
        ("Plain text", "classes.txt"),
        ("CSV", "classes.csv"),
        ("labelmap.txt", "labelmap.txt"),
    ],
)
def test_each_kind_of_list_offers_a_name_that_tells_it(qtbot, monkeypatch, tmp_path, kind, name):
    def choose(dialog: QFileDialog) -> int:
        if kind is not None:
            wanted = next(text for text in dialog.nameFilters() if text.startswith(kind))
            dialog.filterSelected.emit(wanted)
        return int(QFileDialog.DialogCode.Accepted)

    monkeypatch.setattr(QFileDialog, "exec", choose)
    parent = QWidget()
    qtbot.addWidget(parent)
    assert class_files.ask_to_write(parent, tmp_path) == tmp_path / name


def test_a_cancelled_question_gives_no_place(qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "exec", lambda dialog: int(QFileDialog.DialogCode.Rejected))
    parent = QWidget()
    qtbot.addWidget(parent)
    assert class_files.ask_to_write(parent, tmp_path) is None

"""Asking for files and folders with models."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from segstudio.core import file_names

_CONTEXT = "model_files"
_READABLE = "*.safetensors *.pth *.pt *.bin *.onnx"
_ENDINGS = {
    "onnx": (".onnx", "ONNX (*.onnx)"),
    "library": ("", ""),
    "segstudio": (".safetensors", "segstudio (*.safetensors)"),
}
_LONGEST_NAME = 80


def ask_for_file(parent: QWidget) -> Path | None:
    """Ask for the file of a model; None when the question was cancelled."""
    kinds = _tr("Models (%s);;All files (*)") % _READABLE
    name, _ = QFileDialog.getOpenFileName(parent, _tr("Import a model"), "", kinds)
    return Path(name) if name else None


def ask_for_folder(parent: QWidget) -> Path | None:
    """Ask for the folder of a model; None when the question was cancelled."""
    name = QFileDialog.getExistingDirectory(parent, _tr("Import a model"))
    return Path(name) if name else None


def ask_where_to_export(parent: QWidget, title: str, form: str) -> Path | None:
    """Ask where a model is to be written in a form; None when the question was cancelled."""
    ending, kinds = _ENDINGS[form]
    proposed = file_names.safe(title, _LONGEST_NAME) + ending
    name, _ = QFileDialog.getSaveFileName(parent, _tr("Export the model"), proposed, kinds)
    if not name:
        return None
    path = Path(name)
    return path if not ending or path.suffix else path.with_suffix(ending)


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)

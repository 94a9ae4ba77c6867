"""Showing a file where it lies, in the file manager of the system."""

import logging
import subprocess
import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

log = logging.getLogger(__name__)


def reveal(path: Path, parent: QObject) -> None:
    """Open the folder of a file with the file selected, where the system can do that."""
    command = command_for(sys.platform, path)
    if not command:
        _ask_desktop(path, parent)
        return
    try:
        subprocess.Popen(command)  # the file manager stays when the program ends
    except OSError as error:
        log.warning("%s cannot be shown: %s", path, error)
        _open_folder(path)


def command_for(platform: str, path: Path) -> list[str] | str:
    """Return what shows a file on Windows and macOS, never run by a shell; empty elsewhere."""
    if platform == "darwin":
        return ["open", "-R", str(path)]
    if platform == "win32":
        # One string: explorer takes the path in quotes of its own. A quote is in no file name.
        return f'explorer /select,"{path}"'
    return ""


def _open_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _ask_desktop(path: Path, parent: QObject) -> None:
    """Ask the file manager of a Linux desktop; where none answers, the folder is opened."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        _open_folder(path)
        return
    service, place = "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1"
    message = QDBusMessage.createMethodCall(service, place, service, "ShowItems")
    message.setArguments([[QUrl.fromLocalFile(str(path)).toString()], ""])
    watcher = QDBusPendingCallWatcher(bus.asyncCall(message), parent)
    watcher.finished.connect(partial(_on_answered, path))


def _on_answered(path: Path, watcher: object) -> None:
    if watcher.isError():  # type: ignore[attr-defined]
        _open_folder(path)
    watcher.deleteLater()  # type: ignore[attr-defined]

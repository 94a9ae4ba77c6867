"""What `segstudio doctor` looks at outside of the program: Python, Qt, system, folders, memory."""

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from segstudio.cli.window import has_display
from segstudio.core import places

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Status = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    status : "ok", "warning" or "error"
        An error keeps the program or a main part of it from working.
    name, text : str
        What was looked at, and what was seen.
    cure : str
        What to do; empty when all is well.
    """

    status: Status
    name: str
    text: str
    cure: str = ""


OLDEST_PYTHON = (3, 11)
QT_PATIENCE_S = 30.0
LEAST_FREE_BYTES = 500_000_000
LEAST_SHARED_BYTES = 256_000_000

GUI_LIBRARIES: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
}
"""Libraries that Qt needs for any window, and the Debian or Ubuntu package of each."""

SCREEN_LIBRARIES: Mapping[str, str] = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""What it needs besides to show the window on an X screen."""

CV2_WITH_QT = ("opencv-python", "opencv-contrib-python")
QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_PLUGIN_PATH", "QT_QPA_FONTDIR")


def loads(library: str) -> bool:
    """Tell whether the system can load a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def installed_versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the versions of those packages that are installed."""
    import importlib.metadata  # here and not above: it would hold up every other command

    found = {}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Check that Python is new enough."""
    text = ".".join(str(part) for part in version)
    if version[:2] < OLDEST_PYTHON:
        return Finding("error", "Python", text, "Install Python 3.11 or newer.")
    return Finding("ok", "Python", text)


def check_libraries(can_load: Callable[[str], bool] = loads) -> Finding:
    """Check the system libraries that Qt needs, without importing Qt."""
    name = "System libraries for Qt"
    if not sys.platform.startswith("linux"):
        return Finding("ok", name, "none are needed here")
    gui = [library for library in GUI_LIBRARIES if not can_load(library)]
    screen = [library for library in SCREEN_LIBRARIES if not can_load(library)]
    if not gui and not screen:
        return Finding("ok", name, f"all {len(GUI_LIBRARIES) + len(SCREEN_LIBRARIES)} are there")
    packages = [{**GUI_LIBRARIES, **SCREEN_LIBRARIES}[library] for library in gui + screen]
    # Without a screen the libraries that draw on one are not needed yet.
    status: Status = "error" if gui or has_display() else "warning"
    cure = f"Debian, Ubuntu: sudo apt-get install {' '.join(packages)}"
    return Finding(status, name, f"missing: {', '.join(gui + screen)}", cure)


def check_qt(probe: Callable[[], str] | None = None) -> Finding:
    """Check that Qt starts on this screen, in a process of its own: Qt aborts where it cannot."""
    name = "Qt"
    try:
        text = (probe or _probe_qt)()
    except (ImportError, OSError, RuntimeError) as error:
        return Finding(
            "error",
            name,
            str(error),
            "Install the system libraries named above, and PySide6-Essentials.",
        )
    if not has_display() and "QT_QPA_PLATFORM" not in os.environ:
        cure = "Open the window on a desktop; the command line works here."
        return Finding("warning", name, f"{text}, but there is no display", cure)
    return Finding("ok", name, text)


def check_binding(
    versions: Callable[[Iterable[str]], dict[str, str]] = installed_versions,
    python: tuple[int, ...] = sys.version_info[:2],
) -> Finding:
    """Check for the one binding that ends Python 3.11: it gives back references it never took."""
    name = "PySide6"
    version = versions(["PySide6-Essentials"]).get("PySide6-Essentials")
    if version is None:
        return Finding("error", name, "not installed", "pip install PySide6-Essentials")
    if python < (3, 12) and version.startswith("6.12."):
        text = f"{version} aborts the program on Python 3.11 after some minutes"
        return Finding("error", name, text, 'pip install "PySide6-Essentials<6.12"')
    return Finding("ok", name, version)


def check_second_qt(
    versions: Callable[[Iterable[str]], dict[str, str]] = installed_versions,
    environment: Mapping[str, str] = os.environ,
) -> Finding:
    """Check for another Qt that could be loaded in place of ours."""
    name = "Second Qt"
    found = versions(CV2_WITH_QT)
    if found:
        packages = " ".join([*found, "opencv-python-headless"])
        return Finding(
            "warning",
            name,
            f"{', '.join(found)} brings a Qt of its own",
            f"pip uninstall {packages}, then pip install opencv-python-headless",
        )
    variables = [variable for variable in QT_VARIABLES if environment.get(variable)]
    if variables:
        return Finding(
            "warning",
            name,
            f"{', '.join(variables)} points Qt to plugins of another program",
            f"unset {' '.join(variables)}",
        )
    return Finding("ok", name, "none")


def check_folders(folders: Mapping[str, Path] | None = None) -> Finding:
    """Check that settings and temporary files can be written, and that there is room."""
    name = "Writable folders"
    places_used = folders or {
        "settings and labels": places.user_folder(),
        "temporary files": Path(tempfile.gettempdir()),
    }
    for purpose, folder in places_used.items():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"segstudio")
            free = shutil.disk_usage(folder).free
        except OSError as error:
            cure = "Make it writable, or set SEGSTUDIO_HOME (settings) or TMPDIR to another folder."
            text = f"{folder} ({purpose}): {error.strerror or error}"
            return Finding("error", name, text, cure)
        if free < LEAST_FREE_BYTES:
            text = f"only {free / 1e6:.0f} MB free in {folder} ({purpose})"
            return Finding("warning", name, text, "Free some space.")
    return Finding("ok", name, ", ".join(str(folder) for folder in places_used.values()))


def check_shared_memory(
    folder: Path = Path("/dev/shm"),
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
) -> Finding:
    """Check the room for images that pass between the program's processes."""
    name = "Shared memory"
    if not sys.platform.startswith("linux"):
        return Finding("ok", name, "as large as the memory")
    cure = "In a container: start it with --shm-size=1g. Until then temporary files are used."
    try:
        free = free_bytes(folder)
    except OSError as error:
        return Finding("warning", name, f"{folder}: {error.strerror or error}", cure)
    text = f"{free / 1e6:,.0f} MB free in {folder}"
    if free < LEAST_SHARED_BYTES:
        return Finding("warning", name, text, cure)
    return Finding("ok", name, text)


def _probe_qt() -> str:
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_start_qt, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(QT_PATIENCE_S):
            raise RuntimeError(f"Qt did not start within {QT_PATIENCE_S:.0f} s.")
        done, text = ours.recv()
    except EOFError:
        process.join(QT_PATIENCE_S)
        raise RuntimeError(
            f"Qt ended its process when it started (exit code {process.exitcode})."
        ) from None
    finally:
        ours.close()
        process.kill()
        process.join()
    if not done:
        raise RuntimeError(text)
    return str(text)


def _start_qt(connection: "Connection") -> None:
    if not has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        import PySide6
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        connection.send((False, str(error)))
        return
    application = QApplication([])
    connection.send((True, f"{PySide6.__version__} on {application.platformName()}"))

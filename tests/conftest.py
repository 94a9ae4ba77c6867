"""What every test shares: an offscreen display, folders of its own, and the whole window."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=20, help="kills of the fault harness")
    parser.addoption(
        "--fuzz",
        type=int,
        default=12,
        help="damaged files for each reader; 10000 take a while, so add -o timeout=0",
    )


def pytest_configure() -> None:
    # Before anything imports Qt or torch.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")
    # How long an example takes says how busy the machine is, and nothing of the program.
    settings.register_profile("segstudio", deadline=None)
    settings.load_profile("segstudio")


@pytest.fixture(autouse=True)
def own_user_folders(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Keep settings and fallback labels out of the home folder of whoever runs the tests."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("SEGSTUDIO_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real labelled images that lies beside a developer's checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the labelled images of ../shared/data are not on this machine")
    return folder


@pytest.fixture
def photos(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes grey photos into a folder and returns the folder."""

    def write(*names: str, size: tuple[int, int] = (120, 90), folder: str = "photos") -> Path:
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        for name in names:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            pixels = np.full((size[1], size[0], 3), 128, np.uint8)
            Image.fromarray(pixels).save(place / name)
        return place

    return write


@pytest.fixture
def photo(photos) -> Path:
    """One grey photo of 120 x 90 pixels."""
    return photos("photo.png") / "photo.png"


@pytest.fixture
def engine():
    """A stub that answers like the engine."""
    from stub_engine import StubClient

    return StubClient()


@pytest.fixture
def start(qapp, qtbot, monkeypatch: pytest.MonkeyPatch, engine) -> Iterator[Callable]:
    """Return a function that starts the program with the stub; all of it is gone afterwards."""
    from segstudio.session import segmenting

    monkeypatch.setattr(segmenting, "EngineClient", lambda: engine)
    yield from _programs(qapp, qtbot)


@pytest.fixture
def start_real(qapp, qtbot) -> Iterator[Callable]:
    """Return a function that starts the program with the engine itself."""
    yield from _programs(qapp, qtbot)


@pytest.fixture
def program(start):
    """The program with the stub, nothing open."""
    return start()


@pytest.fixture
def canvas_at_work(program, photo):
    """The program with one photo, three classes and a brush of 6 pixels."""
    program.open(photo)
    program.use_classes("cat", "dog", "grass")
    program.brush(6)
    return program


def _programs(qapp, qtbot) -> Iterator[Callable]:
    from PySide6.QtCore import QCoreApplication, QEvent
    from window_driver import Driver

    from segstudio.application import build

    before = set(qapp.topLevelWidgets())
    drivers = []

    def begin(*arguments: object, wait_for_models: bool = True) -> Driver:
        _, window = build(["segstudio", *map(str, arguments)])
        window.showNormal()
        window.resize(1280, 800)
        driver = Driver(window, qtbot)
        drivers.append(driver)
        if wait_for_models:
            qtbot.waitUntil(lambda: bool(driver.session.segmenting.models), timeout=60_000)
        return driver

    yield begin
    for driver in drivers:
        driver.session.close(discard=True)
        driver.window.hide()
        driver.window.deleteLater()
    drivers.clear()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    left = [widget for widget in qapp.topLevelWidgets() if widget not in before]
    assert not left, f"widgets left: {left}"
    threads = [t.name for t in threading.enumerate() if t.name.startswith("job-")]
    assert not threads, f"threads left: {threads}"

"""A project of 100,000 images: opening it, scrolling its list, storing and reading strokes."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from segstudio.cli.benchmarks.figure import Figure, Plan, quantile, rounded, summary
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.labels import Ink
from segstudio.core.patch import Origin, Patch, Planes, assemble, difference
from segstudio.core.region import Region
from segstudio.project import image_table
from segstudio.project.location import files_of
from segstudio.project.project import Project

IMAGES = 100_000
A_FOLDER = 1000
STROKES = 1000
SIZE = (3000, 4000)
DOT_PX = 50
RUNS = 3
GOAL_OPEN_S, GOAL_MB, GOAL_STALL_MS, GOAL_STROKE_MS, GOAL_HISTORY_S = 2.0, 400.0, 50.0, 10.0, 0.5
GOAL_STROKE_BYTES = 16384.0

_WINDOW = """
import json, os, sys, time, traceback
from segstudio import application
from segstudio.cli.benchmarks.stall import Ticker
from segstudio.cli.benchmarks.project import resident_mb
from segstudio.session.session import Session

def work(folder, begun, scrolls):
    app, window = application.build(["segstudio", folder])
    window.showNormal()
    window.resize(1920, 1080)
    session = window.findChild(Session)
    application.keep_lively(window)
    while session.document is None:
        app.processEvents()
        time.sleep(0.001)
        assert time.time() - begun < 120
    session.editor.change(tool="brush")
    app.processEvents()
    told = {"seconds": time.time() - begun, "images": len(session.images)}
    end = time.time() + 1.5
    while time.time() < end:
        app.processEvents()
    told["mb"] = resident_mb()
    bar = window.images_panel.view().verticalScrollBar()
    ticker = Ticker()
    ticker.start()
    for step in range(scrolls):
        bar.setValue((bar.maximum() * (step * 37 % 100)) // 100)
        until = time.perf_counter() + 0.02
        while time.perf_counter() < until:
            app.processEvents()
    told["stall"] = ticker.stop()
    told["scrolled"] = bar.maximum()
    return told

try:
    print(json.dumps(work(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))), flush=True)
except BaseException:
    print(traceback.format_exc().replace(chr(10), " | "), flush=True)
os._exit(0)
"""
"""What a person does: opens the folder, takes the brush, scrolls the list."""


def run(plan: Plan) -> Iterator[Figure]:
    """Measure with a folder of tiny photos, then with one image of many strokes."""
    from segstudio.cli.benchmarks.stage import use_platform

    use_platform()
    with _many_images(plan.pick(IMAGES, 300)) as folder:
        runs = [_open(folder, plan.pick(100, 5)) for _ in range(plan.pick(RUNS, 1))]
    seconds = [told["seconds"] for told in runs]
    count = int(runs[0]["images"])
    detail = {**summary(seconds), "images": count}
    yield Figure("project-open", statistics.median(seconds), "s", GOAL_OPEN_S, detail=detail)
    yield Figure("project-memory", max(told["mb"] for told in runs), "MB", GOAL_MB)
    stalls = [rounded(told["stall"]) for told in runs]
    yield Figure("project-scroll", max(stalls), "ms", GOAL_STALL_MS, detail={"runs": stalls})
    with tempfile.TemporaryDirectory(prefix="segstudio-benchmark-") as place:
        yield from _strokes(Path(place), plan.pick(STROKES, 20), plan.pick(SIZE, (200, 300)))


@contextmanager
def _many_images(count: int) -> Iterator[Path]:
    """Give a folder of tiny photos, all links to one file, with a project that knows them."""
    with tempfile.TemporaryDirectory(prefix="segstudio-benchmark-") as place:
        os.environ["SEGSTUDIO_HOME"] = str(Path(place) / "home")
        folder = Path(place) / "photos"
        folder.mkdir()
        one = Path(place) / "one.jpg"
        one.write_bytes(cv2.imencode(".jpg", np.full((48, 64, 3), 128, np.uint8))[1].tobytes())
        source = one
        records = []
        for number in range(count):
            inside = folder / f"{number // A_FOLDER:03d}"
            if number % A_FOLDER == 0:
                inside.mkdir()
                source = inside / "00000.jpg"
                source.write_bytes(one.read_bytes())
            else:  # a file has room for some ten thousand names only
                (inside / f"{number % A_FOLDER:05d}.jpg").hardlink_to(source)
            name = f"{number // A_FOLDER:03d}/{number % A_FOLDER:05d}.jpg"
            state = (ImageState.NEW, ImageState.IN_WORK, ImageState.DONE)[number % 3]
            classes = ((0, 1000), (1, 1072), (255, 1000))
            records.append(ImageRecord(name, state=state, classes=classes, width=64, height=48))
        project = Project(folder, Path(place) / "home")
        project.keep_classes(ClassTable.named(["cat", "dog"]))
        project.flush(10)
        with project.writing() as connection:
            connection.execute("BEGIN IMMEDIATE")
            for record in records:
                image_table.write(connection, record)
            connection.execute("COMMIT")
        project.end()
        yield folder


def _open(folder: Path, scrolls: int) -> dict[str, float]:
    """Open a folder in a process of its own and return what that measured."""
    command = [sys.executable, "-c", _WINDOW, str(folder), str(time.time()), str(scrolls)]
    # The engine, which ends a little later, has the same output: one line is waited for.
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        line = window.stdout.readline()
    try:
        told: dict[str, float] = json.loads(line)
    except ValueError as error:
        raise SegstudioError(f"The window did not open: {line}") from error
    return told


def _strokes(place: Path, count: int, size: tuple[int, int]) -> Iterator[Figure]:
    """Store strokes one by one, as a hand makes them, then open the image with all of them."""
    (place / "photos").mkdir()
    project = Project(place / "photos", place / "home")
    planes = Planes(np.full(size, 255, np.uint8), np.zeros(size, np.uint8))
    chance = np.random.default_rng(1)
    record = ImageRecord("a.jpg", state=ImageState.IN_WORK, height=size[0], width=size[1])
    milliseconds = []
    for number in range(count):
        patch = _stroke(planes, chance, number % 5)
        started = time.perf_counter()
        stored = project.keep_step(record, patch).wait(10)
        milliseconds.append((time.perf_counter() - started) * 1000)
        if not stored:
            raise SegstudioError(f"A stroke was not stored: {project.state.problem}")
        if project.wants_folding("a.jpg"):  # as the program does between strokes
            project.fold("a.jpg")
            project.flush(10)
    project.fold("a.jpg")
    project.flush(10)
    data = _step_bytes(project)
    project.end()
    held = sum(path.stat().st_size for path in files_of(project.file) if path.exists())
    yield Figure(
        "project-stroke",
        quantile(milliseconds, 0.95),
        "ms",
        GOAL_STROKE_MS,
        detail={**summary(milliseconds), "image": f"{size[1]} x {size[0]}"},
    )
    yield Figure(
        "project-bytes",
        quantile(data, 0.95),
        "bytes",
        GOAL_STROKE_BYTES,
        detail={**summary(data), "file_bytes_per_stroke": rounded(held / count)},
    )
    seconds, steps = [], 0
    for _ in range(5):
        again = Project(place / "photos", place / "home")
        started = time.perf_counter()
        loaded = again.load("a.jpg", size)
        seconds.append(time.perf_counter() - started)
        again.end()
        if loaded is None or not np.array_equal(loaded.planes.labels, planes.labels):
            raise SegstudioError("The labels that were read are not those that were stored.")
    assert loaded is not None
    steps = len(loaded.history.steps)
    detail = {**summary(seconds), "steps": steps}
    yield Figure("project-history", quantile(seconds, 0.5), "s", GOAL_HISTORY_S, detail=detail)


def _step_bytes(project: Project) -> list[float]:
    with project.connection() as connection:
        assert connection is not None
        rows = connection.execute("SELECT length(data) + length(regions) FROM step").fetchall()
    return [float(size) for (size,) in rows]


def _stroke(planes: Planes, chance: np.random.Generator, index: int) -> Patch:
    """Paint a short curve of a round brush and return its step."""
    height, width = planes.labels.shape
    side = min(6 * DOT_PX, height, width)
    top, left = (
        int(chance.integers(0, height - side + 1)),
        int(chance.integers(0, width - side + 1)),
    )
    region = Region(top, left, top + side, left + side)
    mask = np.zeros((side, side), np.uint8)
    points = chance.integers(0, side, (4, 2)).astype(np.int32)
    cv2.polylines(mask, [points], False, 1, thickness=min(DOT_PX, side))
    before, after = planes.cut(region), planes.cut(region)
    after.labels[mask > 0], after.ink[mask > 0] = index, Ink.PERSON
    found = difference(region, before, after)
    patch = assemble([found] if found is not None else [], Origin("brush", Ink.PERSON, index))
    if patch is None:
        return _stroke(planes, chance, index + 1)
    patch.apply(planes)
    return patch


def resident_mb() -> float:
    """Return the memory that this process has on the machine."""
    row = next(
        row
        for row in Path("/proc/self/status").read_text("utf-8").splitlines()
        if row.startswith("VmRSS")
    )
    return int(row.split()[1]) / 1024

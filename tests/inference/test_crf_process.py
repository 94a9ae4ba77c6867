import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import segstudio
from segstudio.core.errors import EngineError
from segstudio.inference import crf_process
from segstudio.inference.mean_field import CrfSettings, mean_field

pytest.importorskip("pydensecrf", reason="pydensecrf2 is not installed (extra “crf”)")

LONG = CrfSettings(iterations=100)


def scene(height: int = 60, width: int = 90) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    raw = rng.random((3, height, width)).astype(np.float32) + 0.01
    return image, -np.log(raw / raw.sum(0))


def children() -> list[int]:
    return [
        child.pid for child in multiprocessing.active_children() if child.name == "segstudio-crf"
    ]


@pytest.fixture(autouse=True)
def no_child_is_left():
    crf_process.close()
    yield
    crf_process.close()
    assert children() == []


def result_of(run):
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value


def started(run) -> int:
    """Run until the child has begun its steps; return its process id."""
    while next(run) <= crf_process.SENT:
        pass
    (pid,) = children()
    return pid


def test_child_gives_the_same_result_and_is_kept() -> None:
    image, unary = scene()
    here = result_of(mean_field(image, unary, CrfSettings()))
    np.testing.assert_array_equal(
        result_of(crf_process.mean_field(image, unary, CrfSettings())), here
    )
    first = children()
    np.testing.assert_array_equal(
        result_of(crf_process.mean_field(image, unary, CrfSettings())), here
    )
    assert children() == first
    assert len(first) == 1


def test_closing_the_generator_leaves_no_process_behind() -> None:
    run = crf_process.mean_field(*scene(400, 600), LONG)
    pid = started(run)
    run.close()
    assert children() == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_killed_child_is_a_sentence_and_the_next_run_works() -> None:
    run = crf_process.mean_field(*scene(400, 600), LONG)
    pid = started(run)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(EngineError, match="ended unexpectedly"):
        result_of(run)
    image, unary = scene()
    assert result_of(crf_process.mean_field(image, unary, CrfSettings())).shape == unary.shape


def test_child_that_died_while_waiting_is_replaced() -> None:
    image, unary = scene()
    result_of(crf_process.mean_field(image, unary, CrfSettings()))
    (pid,) = children()
    os.kill(pid, signal.SIGKILL)
    next(c for c in multiprocessing.active_children() if c.pid == pid).join(5)
    assert result_of(crf_process.mean_field(image, unary, CrfSettings())).shape == unary.shape


def test_input_that_is_refused_is_a_sentence() -> None:
    image, unary = scene()
    with pytest.raises(EngineError, match="finite"):
        result_of(crf_process.mean_field(image, unary * np.nan, CrfSettings()))


def test_two_runs_at_once_do_not_mix() -> None:
    image, unary = scene()
    first = crf_process.mean_field(image, unary, CrfSettings())
    second = crf_process.mean_field(image, unary[::-1].copy(), CrfSettings())
    started_first = [next(first) for _ in range(2)]
    reversed_result = result_of(second)
    assert started_first
    np.testing.assert_allclose(result_of(first), reversed_result[::-1], atol=1e-4)


def test_child_ends_when_its_parent_is_killed(tmp_path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, signal, sys, multiprocessing\n"
        "import numpy as np\n"
        "from segstudio.inference import crf_process\n"
        "from segstudio.inference.mean_field import CrfSettings\n"
        "if __name__ == '__main__':\n"
        "    unary = np.zeros((2, 20, 20), np.float32)\n"
        "    image = np.zeros((20, 20, 3), np.uint8)\n"
        "    for _ in crf_process.mean_field(image, unary, CrfSettings()):\n"
        "        pass\n"
        "    print(multiprocessing.active_children()[0].pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(segstudio.__file__).parent.parent)},
    )
    child = int(done.stdout)
    deadline = time.monotonic() + 10
    while is_running(child):
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return bool(status.strip()) and not status.startswith("Z")


def test_child_imports_nothing_heavy() -> None:
    code = (
        "import sys, segstudio.inference.crf_child\n"
        "heavy = {'torch', 'cv2', 'PySide6', 'PIL', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

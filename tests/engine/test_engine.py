import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from segstudio.core import shared
from segstudio.core.errors import Cancelled, EngineError, SegstudioError
from segstudio.core.shared import SharedArray
from segstudio.engine import server
from segstudio.engine.client import EngineClient
from segstudio.engine.envelopes import Ask, Cancel, Failed, Update
from segstudio.engine.messages import (
    RefineRequest,
    SegmentReply,
    SegmentRequest,
    SnapReply,
    SnapRequest,
    WarmRequest,
)
from segstudio.engine.model_messages import ModelsReply, ModelsRequest
from segstudio.engine.options import Options
from segstudio.inference.snap import snapped


def segment(client, model, image, **settings):
    cancelled = settings.pop("cancelled", None)
    report = settings.pop("report", None)
    with shared.shared(image) as block:
        request = SegmentRequest(image=block, key="photo", options=Options(str(model), **settings))
        reply = client.request(request, report=report, cancelled=cancelled)
    assert isinstance(reply, SegmentReply)
    planes = reply.label_map.open(), reply.confidence.open()
    reply.label_map.remove()
    reply.confidence.remove()
    return reply, *planes


def photo(height=120, width=90):
    return np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)


def blocks_left(pid):
    return [p for folder in shared._folders() for p in folder.glob(f"{shared.PREFIX}{pid}-*")]


def test_engine_names_its_models(client):
    reply = client.request(ModelsRequest())
    assert isinstance(reply, ModelsReply)


def test_segment_answers_with_labels_of_the_image_and_progress(client, tiny_model):
    seen = []
    reply, label_map, confidence = segment(
        client, tiny_model, photo(), refine="none", report=lambda done, stage: seen.append(stage)
    )
    assert label_map.shape == confidence.shape == (120, 90)
    assert set(np.unique(label_map)) <= {0, 1, 2}
    assert 0.3 < reply.sure <= 1
    assert seen


def test_refining_again_needs_no_network_and_an_image_that_is_known(client, tiny_model):
    segment(client, tiny_model, photo(), refine="none")
    reply = client.request(RefineRequest("photo", "guided", 0.5))
    assert isinstance(reply, SegmentReply)
    assert "encoder" not in reply.stages
    assert reply.label_map.shape == (120, 90)
    reply.label_map.remove()
    reply.confidence.remove()
    with pytest.raises(SegstudioError, match="Segment again"):
        client.request(RefineRequest("another", "guided", 0.5))


def snap(client, image, marks, reach=6, **settings):
    with shared.shared(image) as first, shared.shared(marks) as second:
        reply = client.request(SnapRequest(first, second, reach), **settings)
    assert isinstance(reply, SnapReply)
    inside = reply.inside.open().view(np.bool_)
    reply.inside.remove()
    return inside


def test_a_stroke_is_snapped_without_any_model():
    image, marks = photo(), np.random.default_rng(2).integers(0, 8, (120, 90), np.uint8)
    client = EngineClient()
    try:
        inside = snap(client, image, marks)
        assert not blocks_left(client.pid)
    finally:
        client.stop()
    assert np.array_equal(inside, snapped(image, marks, 6))
    assert not blocks_left(os.getpid())


def test_a_wrong_model_file_is_a_sentence_and_the_engine_lives_on(client, tiny_model, tmp_path):
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(tiny_model.read_bytes()[:5000])
    with pytest.raises(SegstudioError, match="broken"):
        segment(client, broken, photo())
    pid = client.pid
    segment(client, tiny_model, photo(), refine="none")
    assert client.pid == pid


def test_cancel_stops_a_request_and_leaves_no_block(client, tiny_model):
    segment(client, tiny_model, photo(), refine="none")
    cancelled = threading.Event()

    def stop_soon(_done, _stage):
        cancelled.set()

    with pytest.raises(Cancelled):
        segment(
            client,
            tiny_model,
            photo(3000, 3000),
            refine="guided",
            detail="native",
            cancelled=cancelled,
            report=stop_soon,
        )
    assert not blocks_left(os.getpid())
    segment(client, tiny_model, photo(), refine="none")
    assert not blocks_left(client.pid)


def test_a_killed_engine_is_a_sentence_and_is_started_again(client, tiny_model):
    segment(client, tiny_model, photo(), refine="none")
    first = client.pid

    def kill(_done, _stage):
        os.kill(first, signal.SIGKILL)

    sentence = "^The model stopped unexpectedly, perhaps for lack of memory, .*labels are untouched"
    with pytest.raises(EngineError, match=sentence):
        segment(client, tiny_model, photo(3000, 3000), refine="none", detail="native", report=kill)
    assert not blocks_left(os.getpid())
    segment(client, tiny_model, photo(), refine="none")
    assert client.pid != first


@pytest.mark.skipif(sys.platform == "win32", reason="kills processes the POSIX way")
def test_several_requests_hear_the_same_of_a_killed_engine_and_no_code(client, tiny_model):
    segment(client, tiny_model, photo(), refine="none")
    heard = []

    def ask():
        try:
            segment(client, tiny_model, photo(2000, 2000), refine="none", detail="native")
        except EngineError as error:
            heard.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    os.kill(client.pid, signal.SIGKILL)
    for thread in threads:
        thread.join()
    assert heard
    assert all("perhaps for lack of memory" in sentence for sentence in heard)


def test_a_cancelled_request_leaves_nothing_in_the_server():
    ours, theirs = multiprocessing.Pipe()
    served = server.Server(theirs)
    served._accept(Ask(1, WarmRequest("scenes")))
    served._step(1)
    served._accept(Cancel(1))
    assert served._jobs == served._last_update == {}
    assert isinstance(ours.recv(), Update)
    assert ours.recv() == Failed(1, "Cancelled.", cancelled=True)


def test_a_snap_goes_before_what_takes_longer():
    _ours, theirs = multiprocessing.Pipe()
    served = server.Server(theirs)
    block = SharedArray("", (1, 1), "u1")
    served._accept(Ask(1, WarmRequest("scenes")))
    served._accept(Ask(2, SegmentRequest(block, "photo", Options("scenes"))))
    served._accept(Ask(3, SnapRequest(block, block, 5)))
    assert served._next_job() == 3
    served._accept(Cancel(3))
    assert served._next_job() == 2


def test_requests_of_several_threads_each_get_their_own_answer(client, tiny_model):
    sizes = [(40, 50), (64, 32), (33, 71), (90, 20)]
    shapes = {}

    def ask(size):
        shapes[size] = segment(client, tiny_model, photo(*size), refine="none")[1].shape

    threads = [threading.Thread(target=ask, args=(size,)) for size in sizes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shapes == {size: size for size in sizes}


@pytest.mark.skipif(sys.platform == "win32", reason="kills processes the POSIX way")
def test_a_killed_window_leaves_no_shared_memory(tmp_path: Path):
    code = (
        "from segstudio.core import shared\n"
        "from segstudio.engine.client import EngineClient\n"
        "from segstudio.engine.messages import ModelsRequest\n"
        "import numpy, os, shutil, signal\n"
        "if __name__ == '__main__':\n"
        "    c = EngineClient(); c.request(ModelsRequest())\n"
        "    ours = shared.share(numpy.ones(9)).path\n"
        "    shutil.copy(ours, ours.replace(str(os.getpid()), str(c.pid)))\n"
        "    print(os.getpid(), c.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    script = tmp_path / "window.py"
    script.write_text(code)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    window, engine = map(int, done.stdout.split())
    wait_for_the_end_of(engine)
    assert not blocks_left(window)
    assert not blocks_left(engine)


@pytest.mark.skipif(sys.platform == "win32", reason="looks at processes the POSIX way")
def test_the_engine_ends_with_the_window(tmp_path: Path):
    code = (
        "from segstudio.engine.client import EngineClient\n"
        "from segstudio.engine.messages import ModelsRequest\n"
        "import os\n"
        "if __name__ == '__main__':\n"
        "    c = EngineClient(); c.request(ModelsRequest()); print(c.pid, flush=True)\n"
        "    os._exit(1)\n"
    )
    script = tmp_path / "window.py"
    script.write_text(code)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    wait_for_the_end_of(int(done.stdout.split()[0]))


def wait_for_the_end_of(pid):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("the engine outlived its window")


def test_the_windows_side_never_imports_torch():
    code = (
        "import sys, segstudio.session.session, segstudio.engine.client\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

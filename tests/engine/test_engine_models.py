"""Models through the engine: fetched from a server on this computer, taken in, changed."""

import json
import os
import pickle
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import segmentation_models_pytorch as smp
import torch
from file_server import FileServer
from hub_server import REPOSITORY, HubServer
from PIL import Image as PillowImage

from segstudio.core import shared
from segstudio.core.errors import Cancelled, EngineError, SegstudioError
from segstudio.engine.client import EngineClient
from segstudio.engine.messages import (
    PrepareRequest,
    RenameModelRequest,
    SegmentFileRequest,
    SegmentRequest,
    SnapRequest,
    WarmRequest,
)
from segstudio.engine.model_messages import (
    ChangeModelRequest,
    DefaultModelRequest,
    ExportModelRequest,
    FetchModelRequest,
    FetchRepositoryRequest,
    ImportModelRequest,
    InspectModelRequest,
    ModelsRequest,
    RemoveModelRequest,
)
from segstudio.engine.options import Options
from segstudio.models import published

AFAR = published.MODELS["fcn-resnet50"]


@pytest.fixture(scope="module")
def server():
    """A server that has some bytes under every name."""
    server = FileServer(bytes(100_000))
    yield server
    server.close()


@pytest.fixture(scope="module")
def hub():
    """Hugging Face, on this computer."""
    hub = HubServer()
    yield hub
    hub.close()


@contextmanager
def environment(home, server, hub):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "*")
        patch.setenv("SEGSTUDIO_MIRROR", server.address.removesuffix("/model.bin"))
        patch.setenv("HF_ENDPOINT", hub.address)
        patch.setenv("SEGSTUDIO_HOME", str(home))
        yield


@pytest.fixture(scope="module")
def home(tmp_path_factory, server, hub):
    """The folder of the person whom the engine of these tests serves."""
    home = tmp_path_factory.mktemp("home")
    client = EngineClient()
    with environment(home, server, hub):
        client.start()
    yield home, client
    client.stop()


@pytest.fixture
def ask(home, server):
    """Return what asks that engine."""
    server.gate.set()
    server.ranges.clear()
    return home[1].request


@pytest.fixture
def part(home):
    return home[0] / "models" / ".fetched" / f"{AFAR.file_name}.part"


def listed(ask):
    return {model.name: model for model in ask(ModelsRequest()).models}


def snap(ask):
    image, marks = np.zeros((40, 40, 3), np.uint8), np.ones((40, 40), np.uint8)
    with shared.shared(image) as first, shared.shared(marks) as second:
        ask(SnapRequest(first, second, 4)).inside.remove()


def wait_for_some_of(part):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if part.exists() and part.stat().st_size:
            return
        time.sleep(0.02)
    pytest.fail("nothing came")


def test_a_model_is_taken_in_used_renamed_chosen_written_and_removed(ask, tiny_model, tmp_path):
    proposal = ask(InspectModelRequest(str(tiny_model)))
    assert proposal.classes == ("person", "sky", "tree")
    made = ask(ImportModelRequest(proposal))
    assert (made.name, made.kind, made.is_installed) == ("tiny", "own", True)
    assert ask(WarmRequest("tiny", "cpu")) == "cpu"
    assert ask(RenameModelRequest("tiny", "Small")).title == "Small"
    ask(DefaultModelRequest("tiny"))
    reply = ask(ModelsRequest())
    assert (reply.models[0].name, reply.models[0].title) == ("tiny", "Small")
    assert reply.models[0].is_default
    written = ask(ExportModelRequest("tiny", str(tmp_path), "segstudio"))
    assert written == str(tmp_path / "tiny.safetensors")
    ask(RemoveModelRequest("tiny"))
    assert "tiny" not in listed(ask)


def test_segment_works_with_other_values_as_soon_as_they_are_changed(ask, tiny_model, tmp_path):
    """Also where the image was prepared, or its features kept, with those before."""
    image = np.random.default_rng(1).integers(0, 255, (90, 120, 3), np.uint8)
    PillowImage.fromarray(image).save(tmp_path / "a.png")

    def segmented(model):
        with shared.shared(image) as block:
            options = Options(model, refine="none", precision="full")
            reply = ask(SegmentRequest(block, str(tmp_path / "a.png"), options))
        sure = reply.confidence.open().copy()
        reply.label_map.remove()
        reply.confidence.remove()
        return sure

    found = ask(InspectModelRequest(str(tiny_model)))
    before = ask(ImportModelRequest(found)).values
    ask(ImportModelRequest(replace(found, name="swapped", channel_order="bgr")))
    first = segmented("tiny")
    file = SegmentFileRequest(
        str(tmp_path / "a.png"), Options("tiny", refine="none", precision="full")
    )
    ask(PrepareRequest(file))
    changed = replace(before, channel_order="bgr")
    assert ask(ChangeModelRequest("tiny", changed)).values == changed
    second = segmented("tiny")
    assert np.array_equal(second, segmented("swapped"))
    assert not np.array_equal(second, first)
    ask(ChangeModelRequest("tiny", before))
    assert np.array_equal(segmented("tiny"), first)
    for name in ("tiny", "swapped"):
        ask(RemoveModelRequest(name))


def test_a_repository_goes_on_after_cancel_is_taken_in_and_not_kept_twice(home, hub, ask, tmp_path):
    torch.manual_seed(0)
    network = smp.Unet("tu-test_resnet", encoder_weights=None, decoder_channels=[16, 16, 8, 8, 8])
    network.save_pretrained(tmp_path / "saved")
    hub.fill(tmp_path / "saved")
    place = home[0] / "models/.fetched" / REPOSITORY
    hub.gate.clear()
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        fetch = pool.submit(ask, FetchRepositoryRequest(REPOSITORY), cancelled=stop)
        wait_for_some_of(place / "model.safetensors.part")
        stop.set()
        assert isinstance(fetch.exception(), Cancelled)
    hub.gate.set()
    shares = []
    proposal = ask(
        FetchRepositoryRequest(REPOSITORY), report=lambda share, _stage: shares.append(share)
    )
    assert shares == sorted(shares)
    made = ask(ImportModelRequest(proposal))
    assert (made.name, made.source) == ("model", f"{hub.address}/{REPOSITORY}")
    assert not place.exists()
    with pytest.raises(SegstudioError, match="Check its name"):
        ask(FetchRepositoryRequest("someone/other"))
    ask(RemoveModelRequest("model"))


class Bomb:
    """Leaves a folder behind when it is unpickled."""

    def __init__(self, mark) -> None:
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


def hostile_files(folder):
    """Write files that are no models, or that want to do something."""
    for suffix in ("safetensors", "onnx", "pth"):
        (folder / f"text.{suffix}").write_text("no model", encoding="utf-8")
    (folder / "bomb.pth").write_bytes(pickle.dumps({"weight": Bomb(folder / "mark")}))
    torch.save({"state_dict": {}, "more": Bomb(folder / "mark")}, folder / "bomb.pt")
    torch.save(torch.nn.Conv2d(3, 2, 1), folder / "whole.pth")
    network = smp.Linknet("mobilenet_v2", encoder_weights=None, classes=3)
    weights = network.state_dict()
    head = "segmentation_head.0.weight"
    torch.save(weights | {head: torch.full_like(weights[head], float("nan"))}, folder / "nan.pth")
    (folder / "10000").mkdir()
    config = {"_model_class": "Unet", "encoder_name": "resnet18", "classes": 10_000}
    (folder / "10000" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return sorted(folder.iterdir())


def test_what_is_no_model_is_a_sentence_and_the_engine_lives_on(ask, home, tmp_path):
    pid = home[1].pid
    for path in (*hostile_files(tmp_path), tmp_path / "missing.pth"):
        with pytest.raises(SegstudioError, match=path.name):
            ask(ImportModelRequest(ask(InspectModelRequest(str(path)))))
    assert not (tmp_path / "mark").exists()
    for request in (
        FetchModelRequest("nonsense"),
        RemoveModelRequest("nonsense"),
        DefaultModelRequest("nonsense"),
        ExportModelRequest("nonsense", str(tmp_path / "x.safetensors"), "segstudio"),
    ):
        with pytest.raises(SegstudioError, match="nonsense"):
            ask(request)
    assert home[1].pid == pid


def test_the_hand_is_served_while_a_fetch_waits_and_cancel_keeps_what_came(ask, server, part):
    server.gate.clear()
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        fetch = pool.submit(ask, FetchModelRequest(AFAR.name), cancelled=stop)
        wait_for_some_of(part)
        snap(ask)
        assert not listed(ask)[AFAR.name].is_installed
        assert not fetch.done()
        stop.set()
        assert isinstance(fetch.exception(), Cancelled)
    assert part.stat().st_size > 0


@pytest.mark.skipif(sys.platform == "win32", reason="kills processes the POSIX way")
def test_a_fetch_goes_on_where_a_killed_engine_left_it(ask, home, server, hub, part):
    part.unlink(missing_ok=True)
    server.gate.clear()

    with ThreadPoolExecutor(1) as pool:
        fetch = pool.submit(ask, FetchModelRequest(AFAR.name))
        wait_for_some_of(part)
        os.kill(home[1].pid, signal.SIGKILL)
        assert isinstance(fetch.exception(), EngineError)
    kept = part.stat().st_size
    server.gate.set()
    server.ranges.clear()
    sentence = "not the file that it should be"
    with environment(home[0], server, hub), pytest.raises(SegstudioError, match=sentence):
        ask(FetchModelRequest(AFAR.name))  # by a new engine
    assert server.ranges == [f"bytes={kept}-"]
    assert not part.exists()

import dataclasses
import json
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as PillowImage
from safetensors import safe_open

import segstudio
from segstudio.core import png
from segstudio.core.classes import ClassTable, write_classes
from segstudio.core.errors import ModelError, StorageError
from segstudio.models import checkpoint
from segstudio.training import resume, trainer
from segstudio.training.recipe import Recipe
from segstudio.training.settings import TrainSettings

CLASSES = ClassTable.named(["dark", "bright"])
OLD = b"the old model"


def write(folder, values):
    (folder / "images").mkdir(parents=True)
    for number, mask in enumerate(values):
        image = np.repeat((30 + 190 * (mask == 1)).astype(np.uint8)[..., None], 3, axis=2)
        PillowImage.fromarray(image).save(folder / "images" / f"photo{number}.png")
        png.write(folder / "masks" / f"photo{number}.png", mask)
    write_classes(folder / "classes.json", CLASSES)
    return folder


def halves(count=4):
    masks = [np.zeros((32, 40), np.uint8) for _ in range(count)]
    for number, mask in enumerate(masks):
        mask[:, 6 + 6 * number :] = 1
    return masks


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("photos") / "data", halves())


@pytest.fixture
def settings(folder, tmp_path):
    out = tmp_path / "made.safetensors"
    out.write_bytes(OLD)
    return TrainSettings(
        folder / "images",
        folder / "masks",
        CLASSES,
        out,
        architecture="plain",
        arguments={"layers": 1, "width": 8},
        steps=2,
        short_side=32,
        crop=32,
        batch=2,
        device="cpu",
    )


def refused(settings, kind, sentence):
    with pytest.raises(kind, match=sentence):
        trainer.train(settings, lambda _progress: None)
    assert settings.out.read_bytes() == OLD


def test_images_of_one_class_teach_nothing(settings, tmp_path):
    one = write(tmp_path / "one", [np.ones((32, 40), np.uint8)] * 3)
    chosen = dataclasses.replace(settings, images=one / "images", masks=one / "masks")
    refused(chosen, ModelError, "“bright”.*second class")


def test_images_without_labels_teach_nothing(settings, tmp_path):
    none = write(tmp_path / "none", [np.full((32, 40), 255, np.uint8)] * 3)
    chosen = dataclasses.replace(settings, images=none / "images", masks=none / "masks")
    refused(chosen, ModelError, "No pixel")


def test_a_loss_that_is_no_number_ends_with_a_sentence(settings):
    chosen = dataclasses.replace(settings, steps=50, learning_rate=1e30)
    refused(chosen, ModelError, "lower learning rate")
    assert not resume.path_for(settings.out).exists()


def test_a_disk_without_room_keeps_the_old_model(settings):
    wide = dataclasses.replace(settings, arguments={"layers": 2, "width": 64})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        refused(wide, StorageError, "could not be written.*Free some space")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path.name for path in settings.out.parent.iterdir()] == [settings.out.name]


def together(settings):
    """Start two processes that train together, told so as torchrun tells them."""
    words = [sys.executable, "-m", "segstudio", "train", "--data", str(settings.images.parent)]
    words += ["--out", str(settings.out), "--from", str(settings.start), "--norms", "frozen"]
    words += ["--steps", str(settings.steps), "--batch", str(settings.batch)]
    words += ["--short-side", "32", "--crop", "32", "--device", "cpu"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    place = {
        "PYTHONPATH": str(Path(segstudio.__file__).parents[1]),
        "OMP_NUM_THREADS": "1",
        **{"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2"},
    }
    return [
        subprocess.Popen(
            words,
            env={**os.environ, **place, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]


@pytest.fixture
def shared(settings, tmp_path):
    """Settings of a training that may be shared, with a model to start from."""
    first = tmp_path / "first.safetensors"
    trainer.train(dataclasses.replace(settings, out=first), lambda _progress: None)
    return dataclasses.replace(
        settings, start=first, batch=4, steps=3, recipe=Recipe(norms="frozen")
    )


@pytest.mark.processes
def test_two_processes_come_to_what_one_does(shared):
    alone = dataclasses.replace(shared, out=shared.out.with_name("alone.safetensors"))
    expected = trainer.train(alone, lambda _progress: None)
    (out, told), (silent, nothing) = [p.communicate(timeout=120) for p in together(shared)]
    assert "written after 3 steps" in out, told
    assert told.count("step 3  loss") == 1
    assert (silent, nothing) == ("", "")
    first, second = (checkpoint.load(path)[1].state_dict() for path in (alone.out, shared.out))
    for name, values in first.items():
        torch.testing.assert_close(values, second[name], atol=1e-5, rtol=1e-4)
    assert checkpoint.read_spec(shared.out).metrics == expected.metrics
    assert checkpoint.read_record(shared.out)["processes"] == 2
    assert not resume.path_for(shared.out).exists()


@pytest.mark.processes
def test_a_killed_process_ends_the_others_where_they_can_go_on(shared):
    many = dataclasses.replace(shared, steps=100_000)
    first, second = together(many)
    told = ""
    while "step 5 " not in told:
        told = first.stderr.readline()
        assert told, "it ended before step 5"
    second.kill()
    second.communicate()
    _, told = first.communicate(timeout=60)
    assert first.returncode == 2
    assert "lost each other" in told
    assert "--resume" in told
    assert many.out.read_bytes() == OLD
    with safe_open(resume.path_for(many.out), framework="pt") as state:
        assert json.loads(state.metadata()["state"])["step"] >= 5
        assert "network/scores.weight" in state.keys()  # noqa: SIM118

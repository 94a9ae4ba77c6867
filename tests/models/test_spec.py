import dataclasses
import subprocess
import sys

import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError
from segstudio.models import spec as specs
from segstudio.models.spec import ModelSpec

FULL = ModelSpec(
    name="leaves",
    title="Leaves and sky",
    architecture="unet",
    classes=ClassTable.named(["leaf", "ciel é", "天空"]).without(1),
    arguments={"encoder_depth": 4},
    encoder="resnet18",
    encoder_inside=True,
    channels=1,
    short_side=320,
    mean=(0.5,),
    std=(0.25,),
    multiple=16,
    licence="CC0-1.0",
    metrics={"miou": 0.5, "held_out_images": 3},
    refine="crf",
    note="For a test.",
    source="a friend",
    channel_order="bgr",
    input_size=(320, 240),
    is_commercial=False,
    published="fcn-resnet50",
    temperature=1.5,
)


def test_a_description_survives_its_texts():
    assert specs.from_metadata(specs.to_metadata(FULL), "x") == FULL


def test_class_indices_and_colours_survive():
    read = specs.from_metadata(specs.to_metadata(FULL), "x").classes
    assert [(c.index, c.name, c.colour) for c in read] == [
        (c.index, c.name, c.colour) for c in FULL.classes
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"segstudio_model": "99"},
        {"spec": "{"},
        {"spec": "[]"},
        {"spec": '{"name": "x"}'},
        {"spec": '{"name": 3, "architecture": "unet", "classes": []}'},
    ],
)
def test_damaged_texts_are_refused_by_name(change):
    with pytest.raises(ModelError, match=r"broken\.safetensors"):
        specs.from_metadata({**specs.to_metadata(FULL), **change}, "broken.safetensors")


def test_unknown_entries_are_refused():
    texts = specs.to_metadata(FULL)
    texts["spec"] = texts["spec"].replace('"note"', '"notes"')
    with pytest.raises(ModelError, match="notes"):
        specs.from_metadata(texts, "x")


def test_plain_weights_are_told_from_a_model():
    with pytest.raises(ModelError, match="no description"):
        specs.from_metadata({}, "plain.safetensors")


@pytest.mark.parametrize(
    "wrong",
    [
        {"classes": ClassTable()},
        {"short_side": 0},
        {"multiple": 0},
        {"mean": (0.1, 0.2)},
        {"std": (0.0,)},
        {"refine": "magic"},
    ],
)
def test_an_impossible_description_is_refused(wrong):
    with pytest.raises(ModelError, match="leaves"):
        dataclasses.replace(FULL, **wrong)


def test_descriptions_and_the_catalogue_need_no_torch():
    code = (
        "import sys; from segstudio.models import cards, checkpoint, spec;"
        "cards.everything(); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_is_as_usual_is_not_written_so_that_older_programs_read_it():
    usual = dataclasses.replace(
        FULL, source="", channel_order="rgb", input_size=None, is_commercial=True, published=""
    )
    texts = specs.to_metadata(usual)
    assert specs.from_metadata(texts, "x") == usual
    for name in ("source", "channel_order", "input_size", "is_commercial", "published"):
        assert f'"{name}"' not in texts["spec"]
        assert f'"{name}"' in specs.to_metadata(FULL)["spec"]

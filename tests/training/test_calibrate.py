import json

import numpy as np
import pytest
import torch

from segstudio.cli.main import main
from segstudio.core import png
from segstudio.core.classes import ClassTable
from segstudio.core.reliability import reliability
from segstudio.core.temperature import Calibration
from segstudio.formats import images as pictures
from segstudio.inference import predictor as predictors
from segstudio.inference import segmenter
from segstudio.inference.progress import drained
from segstudio.inference.segmenter import SegmentSettings
from segstudio.models import checkpoint, networks
from segstudio.models.spec import ModelSpec
from segstudio.training import calibrate

CLASSES = ClassTable.named(["dark", "bright"])


@pytest.fixture(scope="module")
def small_model(tmp_path_factory):
    torch.manual_seed(0)
    spec = ModelSpec(
        "small",
        "unet",
        CLASSES,
        encoder="test_resnet",
        encoder_inside=True,
        short_side=64,
        arguments={"encoder_depth": 3, "decoder_channels": [8, 8, 8]},
        multiple=8,
    )
    path = tmp_path_factory.mktemp("model") / "small.safetensors"
    checkpoint.save(path, spec, networks.build(spec))
    return path


def calibration(temperature):
    table = reliability(np.array([0.9]), np.array([True]))
    return Calibration(temperature, table, table, 1)


@pytest.fixture
def model(small_model, tmp_path):
    path = tmp_path / "small.safetensors"
    path.write_bytes(small_model.read_bytes())
    return path


@pytest.fixture
def labelled(tmp_path):
    random = np.random.default_rng(0)
    for number in range(2):
        mask = np.zeros((64, 72), np.uint8)
        mask[:, 30:] = 1
        mask[:3] = 255
        image = np.where(mask[..., None] == 1, 220, 30) + random.integers(-20, 20, (64, 72, 3))
        place = tmp_path / "images" / f"{number}.png"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(pictures.encode_png(image.clip(0, 255).astype(np.uint8)))
        png.write(tmp_path / "masks" / f"{number}.png", mask)
    return ["--images", str(tmp_path / "images"), "--masks", str(tmp_path / "masks")]


def test_a_temperature_changes_how_sure_a_model_is_but_not_what_it_says(model):
    image = np.random.default_rng(1).integers(0, 255, (64, 72, 3)).astype(np.uint8)
    before = predictors.load(model, "cpu").predict(image)
    calibrate.write(model, calibration(2.0))
    assert calibrate.write(model, calibration(1.5)) == pytest.approx(3.0)
    after = predictors.load(model, "cpu").predict(image)
    assert np.array_equal(before.argmax(axis=0), after.argmax(axis=0))
    expected = before ** (1 / 3)
    np.testing.assert_allclose(after, expected / expected.sum(axis=0), atol=1e-5)


@pytest.mark.parametrize("refine", ["none", "guided", "crf"])
def test_labels_stay_however_they_are_refined(model, refine):
    image = np.random.default_rng(2).integers(0, 255, (96, 108, 3)).astype(np.uint8)
    settings = SegmentSettings(refine=refine, precision="full")

    def segmented():
        return drained(segmenter.segment(image, predictors.load(model, "cpu"), settings))

    before = segmented()
    calibrate.write(model, calibration(3.0))
    after = segmented()
    same = (before.label_map == after.label_map).mean()
    assert same > 0.999
    assert after.confidence.mean() < before.confidence.mean()  # of two classes: nearer to a half


def test_samples_are_labelled_pixels_whose_class_the_model_knows():
    truth = np.array([[0, 1, 2, 255]], np.uint8).repeat(4, axis=0)
    said = np.full((3, 4, 4), 1 / 3, np.float32)
    found = calibrate.sampled(said, truth, (1, 0, 1))
    assert len(found) == 8
    assert (
        sorted(map(tuple, found.right.tolist()))
        == [(False, True, False)] * 4 + [(True, False, True)] * 4
    )
    many = calibrate.sampled(np.full((3, 90, 90), 1 / 3, np.float32), np.zeros((90, 90), np.uint8),
                             (0, 1, 2))  # fmt: skip
    assert len(many) == calibrate.MOST_PIXELS


def test_calibrating_keeps_a_temperature_that_helps_and_tells_what_it_does(
    model, labelled, tmp_path, capsys
):
    calibrate.write(model, calibration(0.05))  # much too sure
    words = ["evaluate", "--model", str(model), *labelled, "--refine", "none"]
    words += ["--errors", str(tmp_path / "errors"), "--csv", str(tmp_path / "tables")]
    assert main([*words, "--calibrate", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    spec = checkpoint.read_spec(model)
    assert told["calibration"]["held_out"]
    assert told["calibration"]["written"]
    assert told["calibration"]["error_after"] < told["calibration"]["error_before"]
    expected = 0.05 * told["calibration"]["temperature"]
    assert spec.temperature == pytest.approx(expected, rel=1e-2)
    assert spec.metrics["calibration_error"] == told["calibration"]["error_after"]
    assert {"per_class", "precision", "recall", "boundary_f", "confusion"} <= told.keys()
    worst = [entry["miou"] for entry in told["worst_first"]]
    assert worst == sorted(worst)
    tables = {path.stem for path in (tmp_path / "tables").iterdir()}
    assert tables == {"classes", "images", "confusion"}
    rows = (tmp_path / "tables" / "confusion.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "truth,dark,bright,no class"
    picture = pictures.read_image(tmp_path / "errors" / "0.png")
    assert picture.shape == (64, 72, 3)
    assert (picture[:3, :, 0] == picture[:3, :, 1]).all()  # nothing is wrong where nobody labelled
    assert main(words) == 0
    assert "boundary F" in capsys.readouterr().out


def test_a_model_that_comes_with_the_program_is_not_changed(labelled, capsys):
    assert main(["evaluate", "--model", "scenes", *labelled, "--calibrate"]) == 2
    assert "stays as it is" in capsys.readouterr().err

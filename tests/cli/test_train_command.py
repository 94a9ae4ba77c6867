import importlib.util
import json
import signal

import numpy as np
import pytest
from PIL import Image as PillowImage

from segstudio.cli import train
from segstudio.cli.main import main
from segstudio.core import png
from segstudio.core.classes import ClassTable, write_classes
from segstudio.core.errors import Cancelled
from segstudio.models import checkpoint
from segstudio.training.division import held_out_split
from segstudio.training.settings import TrainProgress


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labelled")
    (folder / "images").mkdir()
    random = np.random.default_rng(0)
    for number in range(4):
        mask = np.zeros((48, 60), np.uint8)
        mask[:, 15 + 8 * number :] = 1
        image = np.where(mask[..., None] == 1, 220, 30) + random.integers(-20, 20, (48, 60, 3))
        picture = PillowImage.fromarray(image.clip(0, 255).astype(np.uint8))
        picture.save(folder / "images" / f"photo{number}.png")
        png.write(folder / "masks" / f"photo{number}.png", mask)
    write_classes(folder / "classes.json", ClassTable.named(["ground", "animal", "sky"]))
    return folder


def pairs(folder):
    return ["--images", str(folder / "images"), "--masks", str(folder / "masks")]


def test_training_writes_a_model_that_can_be_used(labelled, tmp_path, capsys) -> None:
    out = tmp_path / "made.safetensors"
    words = ["train", *pairs(labelled), "--classes", str(labelled / "classes.json")]
    words += ["--crops-per-image", "4"]
    words += [
        "--frozen",
        "--batch",
        "4",
        "--steps",
        "3",
        "--short-side",
        "64",
        "--crop",
        "64",
        "--out",
        str(out),
        "--json",
    ]
    assert main(words) == 0
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert result["steps"] == 3
    assert result["path"] == str(out)
    assert "%" in captured.err
    assert [c.name for c in checkpoint.read_spec(out).classes] == ["ground", "animal", "sky"]
    assert main(["segment", str(labelled / "images"), "--model", str(out), "--out",
                 str(tmp_path / "labels")]) == 0  # fmt: skip


def test_presets_and_parameters_come_from_the_command(labelled, tmp_path) -> None:
    out = tmp_path / "made.safetensors"
    words = ["train", *pairs(labelled), "--classes", str(labelled / "classes.json")]
    words += ["--architecture", "unet", "--encoder", "test_resnet", "--preset", "small"]
    words += ["--set", "decoder_interpolation=transposed", "--set", "decoder_channels=16, 8, 8, 8"]
    words += ["--steps", "1", "--short-side", "64", "--crop", "64", "--out", str(out)]
    assert main(words) == 0
    spec = checkpoint.read_spec(out)
    assert spec.arguments["encoder_depth"] == 4
    assert spec.arguments["decoder_interpolation"] == "transposed"
    assert spec.arguments["decoder_channels"] == [16, 8, 8, 8]
    assert spec.multiple == 16


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("decoder_channels", "NAME=VALUE"),
        ("width=3", "encoder_depth"),
        ("encoder_depth=6", "3 to 5"),
    ],
)
def test_parameters_that_do_not_fit_are_sentences(
    word, sentence, labelled, tmp_path, capsys
) -> None:
    words = ["train", *pairs(labelled), "--classes", str(labelled / "classes.json")]
    words += ["--out", str(tmp_path / "made.safetensors"), "--set", word]
    assert main(words) == 2
    assert sentence in capsys.readouterr().err


def test_a_training_goes_on_from_a_model_with_another_recipe(labelled, tmp_path, capsys) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    words = ["train", "--data", str(labelled), "--steps", "1", "--short-side", "32"]
    words += ["--crop", "32", "--batch", "2", "--device", "cpu"]
    small = ["--architecture", "plain", "--set", "layers=1", "--set", "width=8"]
    assert main([*words, *small, "--out", str(first)]) == 0
    recipe = [
        "--loss",
        "ce+dice",
        "--optimizer",
        "sgd",
        "--schedule",
        "poly",
        "--variety",
        "turned",
    ]
    assert main([*words, *recipe, "--from", str(first), "--out", str(second)]) == 0
    assert "weights of “first”." in capsys.readouterr().err
    spec = checkpoint.read_spec(second)
    assert (spec.architecture, spec.arguments["width"]) == ("plain", 8)
    assert checkpoint.read_record(second)["settings"]["recipe"]["optimizer"] == "sgd"


@pytest.mark.parametrize(
    ("further", "sentence"),
    [
        ([], "Give either --data"),
        (["--data", "here", "--masks", "there"], "Give either --data"),
        (["--data", "nowhere"], "is not there"),
    ],
)
def test_data_that_is_not_named_is_a_sentence(further, sentence, tmp_path, capsys) -> None:
    assert main(["train", *further, "--out", str(tmp_path / "made.safetensors")]) == 2
    assert sentence in capsys.readouterr().err


def test_curves_need_their_library_or_are_there(labelled, tmp_path, capsys) -> None:
    words = ["train", "--data", str(labelled), "--steps", "2", "--short-side", "32"]
    words += ["--crop", "32", "--batch", "2", "--device", "cpu", "--architecture", "plain"]
    words += ["--log", str(tmp_path / "log"), "--out", str(tmp_path / "made.safetensors")]
    code = main(words)
    if importlib.util.find_spec("tensorboard"):
        assert code == 0
        assert list((tmp_path / "log").glob("events*"))
    else:
        assert code == 2
        assert "pip install tensorboard" in capsys.readouterr().err
        assert not (tmp_path / "made.safetensors").exists()


def test_evaluation_prints_one_object(labelled, model_file, capsys) -> None:
    words = ["evaluate", "--model", str(model_file), *pairs(labelled), "--refine", "none"]
    assert main([*words, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result["per_class"]) == {"ground", "animal", "sky"}
    assert result["images"] == 4
    assert {"miou", "pixel_accuracy", "classes_averaged", "ms_per_image"} <= result.keys()
    assert main(words) == 0
    assert "mIoU" in capsys.readouterr().out


def test_evaluation_can_keep_to_what_a_training_held_out_and_look_flipped(
    labelled, model_file, capsys
) -> None:
    words = ["evaluate", "--model", str(model_file), *pairs(labelled), "--refine", "none"]
    assert main([*words, "--held-out", "0.5", "--seed", "3", "--tta", "flip", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    names = sorted(path.name for path in (labelled / "images").iterdir())
    expected = [names[number] for number in held_out_split(len(names), 0.5, 3)[1]]
    assert sorted(row["image"] for row in result["worst_first"]) == expected
    with pytest.raises(SystemExit):
        main([*words, "--held-out", "1"])


def test_missing_masks_are_a_sentence(labelled, model_file, tmp_path, capsys) -> None:
    words = ["evaluate", "--model", str(model_file), "--images", str(labelled / "images")]
    assert main([*words, "--masks", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith("segstudio: ")


def test_ctrl_c_stops_at_a_point_where_training_can_be_resumed(monkeypatch) -> None:
    before = signal.getsignal(signal.SIGINT)
    with train._interruptible() as report:
        report(TrainProgress("train", 0.1))
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Cancelled):
            report(TrainProgress("train", 0.2))
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before

import dataclasses
import math

import numpy as np
import pytest
import torch
from PIL import Image as PillowImage
from safetensors.torch import save_file

from segstudio.core import png
from segstudio.core.classes import ClassTable
from segstudio.core.errors import Cancelled, ImageError, ModelError
from segstudio.models import backbones, checkpoint, encoders, networks
from segstudio.training import description, evaluate, resume, run, trainer
from segstudio.training.learner import Learner
from segstudio.training.recipe import Recipe
from segstudio.training.settings import TrainSettings

CLASSES = ClassTable.named(["dark", "unused", "bright"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    (folder / "images").mkdir()
    (folder / "masks").mkdir()
    random = np.random.default_rng(0)
    for number in range(4):
        mask = np.zeros((64, 80), np.uint8)
        mask[:, 20 + 10 * number :] = 2
        mask[:4] = 255
        image = np.where(mask[..., None] == 2, 220, 30) + random.integers(-20, 20, (64, 80, 3))
        picture = PillowImage.fromarray(image.clip(0, 255).astype(np.uint8))
        picture.save(folder / "images" / f"photo{number}.png")
        png.write(folder / "masks" / f"photo{number}.png", mask)
    return folder


@pytest.fixture
def settings(folder, tmp_path):
    return TrainSettings(
        folder / "images",
        folder / "masks",
        CLASSES,
        tmp_path / "made.safetensors",
        arguments={"decoder_channels": 16},
        frozen=True,
        steps=6,
        held_out=0.25,
        short_side=64,
        crop=64,
        crops_per_image=3,
        batch=4,
        device="cpu",
    )


def weights(path):
    return checkpoint.load(path)[1].state_dict()


def assert_same(first, second):
    assert first.keys() == second.keys()
    for name, values in first.items():
        assert torch.equal(values, second[name]), name


def stop_at(step, stage="train"):
    def report(progress):
        if progress.stage == stage and progress.step == step:
            raise Cancelled

    return report


def ignore(_):
    pass


def test_two_colours_are_learned(settings):
    settings = dataclasses.replace(settings, steps=50, crops_per_image=6)
    result = trainer.train(settings, ignore)
    assert result.metrics["pixel_accuracy"] > 0.8
    assert result.metrics["held_out_images"] == 1
    assert result.per_class["unused"] in (None, 0.0)
    spec = checkpoint.read_spec(result.path)
    assert spec.metrics == result.metrics
    assert not spec.encoder_inside
    assert not resume.path_for(settings.out).exists()
    measured = evaluate.evaluate(result.path, settings.images, settings.masks, "none", "cpu")
    assert len(measured.evaluation.images) == 4
    assert measured.evaluation.scores.pixel_accuracy > 0.8
    assert measured.evaluation.classes == ("dark", "unused", "bright")


def test_the_same_seed_gives_the_same_weights(settings):
    first = weights(trainer.train(settings, ignore).path)
    assert_same(first, weights(trainer.train(settings, ignore).path))


@pytest.mark.parametrize("frozen", [True, False])
def test_a_resumed_training_ends_as_an_uninterrupted_one(settings, frozen):
    settings = dataclasses.replace(settings, frozen=frozen, steps=4, crop=32)
    expected = weights(trainer.train(settings, ignore).path)
    settings.out.unlink()
    with pytest.raises(Cancelled):
        trainer.train(settings, stop_at(2))
    assert not settings.out.exists()
    result = trainer.train(dataclasses.replace(settings, resume=True), ignore)
    assert_same(expected, weights(result.path))
    assert checkpoint.read_spec(result.path).encoder_inside is not frozen


def test_folds_measure_on_every_image_and_resume_between_runs(settings):
    settings = dataclasses.replace(settings, folds=2, steps=3)
    expected = trainer.train(settings, ignore)
    assert expected.metrics["held_out_images"] == 4
    assert "2-fold" in expected.metrics["measured"]
    whole = weights(expected.path)

    def stop_in_second_run(progress):
        if progress.run == 2 and progress.step == 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        trainer.train(settings, stop_in_second_run)
    resumed = trainer.train(dataclasses.replace(settings, resume=True), ignore)
    assert resumed.metrics == expected.metrics
    assert_same(whole, weights(resumed.path))


def test_progress_rises_to_one(settings):
    seen = []
    trainer.train(settings, seen.append)
    done = [p.done for p in seen]
    assert done == sorted(done)
    assert math.isclose(done[-1], 1.0)
    assert {p.stage for p in seen} == {"features", "train", "measure"}


def test_a_time_budget_ends_the_training(settings):
    settings = dataclasses.replace(settings, steps=None, minutes=0.02)
    result = trainer.train(settings, ignore)
    assert 0.1 < result.seconds < 5.0


@pytest.mark.parametrize(
    "error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory.")], ids=["main", "device"]
)
def test_too_little_memory_is_told_as_such(settings, error):
    def report(_):
        raise error

    with pytest.raises(ModelError, match=r"not enough memory to train.*--batch"):
        trainer.train(settings, report)


def test_where_measuring_takes_long_it_waits_for_the_end(settings, monkeypatch):
    monkeypatch.setattr(run, "LONGEST_MEASURING", 0.0)
    settings = dataclasses.replace(settings, steps=None, minutes=0.01)
    seen = []
    result = trainer.train(settings, seen.append)
    assert [p.stage for p in seen].count("measure") == 1
    assert result.metrics["held_out_images"] == 1


def test_other_settings_cannot_be_resumed(settings):
    with pytest.raises(Cancelled):
        trainer.train(settings, stop_at(1))
    with pytest.raises(ModelError, match="other settings"):
        trainer.train(dataclasses.replace(settings, resume=True, seed=1), ignore)


def test_resuming_nothing_or_rubbish_is_refused(settings):
    again = dataclasses.replace(settings, resume=True)
    with pytest.raises(ModelError, match="nothing to resume"):
        trainer.train(again, ignore)
    resume.path_for(settings.out).write_bytes(b"rubbish")
    with pytest.raises(ModelError, match="damaged"):
        trainer.train(again, ignore)


def test_a_wrong_mask_is_named_before_any_work(settings, tmp_path):
    masks = tmp_path / "masks"
    masks.mkdir()
    png.write(masks / "photo1.png", np.full((64, 80), 7, np.uint8))
    told = []
    with pytest.raises(ImageError, match=r"photo1\.png holds the value 7"):
        trainer.train(dataclasses.replace(settings, masks=masks), told.append)
    assert told == []


def test_an_encoder_without_weights_cannot_be_frozen(settings):
    with pytest.raises(ModelError, match="comes with the program"):
        trainer.train(dataclasses.replace(settings, encoder="resnet18"), ignore)


@pytest.mark.parametrize("wrong", [{"held_out": 1.0}, {"minutes": 0}, {"batch": 1}, {"folds": 1}])
def test_impossible_settings_are_refused(settings, wrong):
    with pytest.raises(ModelError):
        dataclasses.replace(settings, **wrong)


@pytest.mark.parametrize("architecture", ["fcn8s", "plain", "pan"])
def test_scores_whole_stacks_and_large_multiples_can_be_trained(architecture, settings):
    given = {"architecture": architecture, "encoder": "test_resnet", "arguments": {}}
    chosen = dataclasses.replace(settings, **given, frozen=False, steps=2, batch=2)
    trainer.train(chosen, lambda _progress: None)
    spec, network = checkpoint.load(chosen.out)
    assert spec.arguments == networks.find(architecture).arguments
    assert network(torch.zeros(1, 3, 5, 9)).shape == (1, 3, 5, 9)


def test_published_weights_are_where_training_starts(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("SEGSTUDIO_HOME", str(tmp_path))
    given = {"architecture": "fcn32s", "encoder": "test_resnet", "arguments": {}, "frozen": False}
    given |= {"steps": 1, "learning_rate": 1e-9, "recipe": Recipe(norms="trained")}
    chosen = dataclasses.replace(settings, **given, pretrained=True)
    with pytest.raises(ModelError, match="lite0"):
        trainer.train(chosen, lambda _progress: None)
    stored = {k: v + 1.0 for k, v in backbones.build("test_resnet", 3).state_dict().items()}
    path = encoders.weights_file("test_resnet")
    path.parent.mkdir()
    save_file({k.removeprefix("model."): v for k, v in stored.items()}, path)
    trainer.train(chosen, lambda _progress: None)
    learned = weights(chosen.out)
    for name, values in backbones.build("test_resnet", 3).named_parameters():
        assert values.shape == learned[f"encoder.{name}"].shape
        torch.testing.assert_close(learned[f"encoder.{name}"], stored[name], atol=1e-3, rtol=0)


@pytest.mark.parametrize("wanted", ["rare", "even"])
def test_rare_classes_weigh_more_unless_classes_are_to_weigh_alike(settings, wanted, monkeypatch):
    seen = []

    class Noting(Learner):
        def __init__(self, settings, network, weights, group, *, taken):
            seen.append(weights)
            super().__init__(settings, network, weights, group, taken=taken)

    monkeypatch.setattr(trainer, "Learner", Noting)
    recipe = Recipe(class_weights=wanted)
    trainer.train(dataclasses.replace(settings, steps=1, recipe=recipe), lambda _progress: None)
    dark, _, bright = seen[0]
    assert (dark > bright) == (wanted == "rare")
    assert (dark == bright == 1.0) == (wanted == "even")


def test_a_stack_without_an_encoder_keeps_none_frozen(settings):
    with pytest.raises(ModelError, match="--frozen"):
        description.describe(dataclasses.replace(settings, architecture="plain", arguments={}))


def test_arguments_out_of_range_are_refused_before_any_work(settings):
    chosen = dataclasses.replace(settings, arguments={"encoder_output_stride": 7})
    with pytest.raises(ModelError, match="8, 16"):
        trainer.train(chosen, lambda _progress: None)

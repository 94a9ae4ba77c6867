import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image as PillowImage

from segstudio.core import png
from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError
from segstudio.models import checkpoint, networks
from segstudio.models.spec import ModelSpec
from segstudio.training import description, trainer
from segstudio.training.recipe import Recipe
from segstudio.training.settings import TrainSettings

CLASSES = ClassTable.named(["dark", "bright"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    (folder / "images").mkdir()
    for number in range(3):
        mask = np.zeros((32, 40), np.uint8)
        mask[:, 10 + 8 * number :] = 1
        image = np.repeat((30 + 190 * mask)[..., None], 3, axis=2)
        PillowImage.fromarray(image).save(folder / "images" / f"photo{number}.png")
        png.write(folder / "masks" / f"photo{number}.png", mask)
    return folder


@pytest.fixture
def settings(folder, tmp_path):
    return TrainSettings(
        folder / "images",
        folder / "masks",
        CLASSES,
        tmp_path / "made.safetensors",
        architecture="fcn32s",
        encoder="test_resnet",
        steps=1,
        held_out=0.4,
        short_side=32,
        crop=32,
        crops_per_image=2,
        batch=2,
        device="cpu",
        learning_rate=1e-9,
        recipe=Recipe(norms="frozen"),
    )


@pytest.fixture
def first(settings, tmp_path):
    """A model to start from."""
    out = tmp_path / "first.safetensors"
    trainer.train(
        dataclasses.replace(settings, out=out, licence="Own licence"), lambda _progress: None
    )
    return out


def weights(path):
    return checkpoint.load(path)[1].state_dict()


def trained(settings):
    """Return the weights of a training and what it told."""
    notes = []
    trainer.train(settings, lambda progress: notes.append(progress.note))
    return weights(settings.out), " ".join(filter(None, notes))


def same(first, second):
    return {k for k, v in first.items() if v.shape == second[k].shape
            and torch.allclose(v.float(), second[k].float(), atol=1e-5)}  # fmt: skip


def test_a_model_is_where_training_starts(settings, first) -> None:
    before = weights(first)
    after, told = trained(dataclasses.replace(settings, start=first))
    assert same(before, after) == before.keys()
    assert f"{len(before)} of {len(before)} weights of “first”." in told
    spec = checkpoint.read_spec(settings.out)
    assert spec.licence == "Own licence"
    assert "first" in spec.source
    record = checkpoint.read_record(settings.out)
    assert record["start"]["name"] == "first"
    assert record["data"]["images"] == 3
    assert record["settings"]["recipe"]["norms"] == "frozen"
    assert "/" not in str(record["settings"])


def test_other_classes_get_layers_of_their_own(settings, first) -> None:
    before = weights(first)
    other = ClassTable.named(["night", "day"])
    after, told = trained(dataclasses.replace(settings, start=first, classes=other, seed=1))
    new = before.keys() - same(before, after)
    assert new
    assert not any(name.startswith("encoder") for name in new)
    assert "what scores the classes is new" in told
    assert all(before[name].shape[0] == 2 or before[name].ndim == 4 for name in new)


def test_another_architecture_gets_the_encoder_only(settings, first) -> None:
    before = weights(first)
    chosen = dataclasses.replace(settings, start=first, architecture="fcn8s", seed=1)
    after, told = trained(chosen)
    encoder = {name for name in before if name.startswith("encoder.")}
    assert encoder <= same({n: before[n] for n in encoder}, after)
    assert "the architecture differs" in told


def test_a_model_of_which_nothing_fits_is_a_sentence(settings, first) -> None:
    chosen = dataclasses.replace(settings, start=first, architecture="plain")
    with pytest.raises(ModelError, match="No weights of “first” fit"):
        trainer.train(chosen, lambda _progress: None)
    assert not settings.out.exists()


def test_a_frozen_encoder_of_a_model_goes_into_the_file(settings, first) -> None:
    before = weights(first)
    fast = dataclasses.replace(settings, start=first, frozen=True, learning_rate=0.01)
    after, _ = trained(fast)
    encoder = {name for name in before if name.startswith("encoder.")}
    assert all(torch.equal(before[name], after[name]) for name in encoder)
    assert same(before, after) < before.keys()
    assert checkpoint.read_spec(settings.out).encoder_inside


def test_only_the_last_blocks_change(settings, first) -> None:
    before = weights(first)
    chosen = dataclasses.replace(
        settings, start=first, learning_rate=0.05, recipe=Recipe(last_blocks=1)
    )
    after, _ = trained(chosen)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    inside = {name.split(".")[2] for name in changed if name.startswith("encoder.")}
    assert inside == {"layer4"}
    assert not any("running" in name for name in changed)  # two crops: too few for statistics


def test_nothing_random_is_kept_frozen(settings) -> None:
    chosen = dataclasses.replace(settings, recipe=Recipe(last_blocks=1))
    with pytest.raises(ModelError, match="--from"):
        description.describe(chosen)


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(optimizer="sgd", schedule="poly", loss="ce+dice", encoder_rate=0.1),
        Recipe(accumulate=2, half=True, average=0.0, variety="strong"),
    ],
)
def test_every_recipe_resumes_exactly(recipe, settings) -> None:
    chosen = dataclasses.replace(settings, recipe=recipe, steps=3, learning_rate=1e-3)
    expected, _ = trained(chosen)

    def stop(progress):
        if progress.stage == "train" and progress.step == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trainer.train(chosen, stop)
    resumed, _ = trained(dataclasses.replace(chosen, resume=True))
    assert all(torch.equal(values, resumed[name]) for name, values in expected.items())


def test_batches_that_are_added_up_are_one_larger_batch(settings, tmp_path) -> None:
    recipe = Recipe(norms="frozen", optimizer="sgd", loss="bce", accumulate=2, warm_up=0.0)
    small = {"layers": 1, "width": 8}
    base = dataclasses.replace(
        settings, architecture="plain", arguments=small, held_out=0.0, recipe=recipe
    )
    first = dataclasses.replace(base, out=tmp_path / "stack.safetensors")
    begun, _ = trained(first)
    # of one image, all of whose crops lie inside of it
    one = tmp_path / "one"
    one.mkdir()
    (one / "photo0.png").write_bytes((base.masks / "photo0.png").read_bytes())
    base = dataclasses.replace(
        base, masks=one, start=first.out, learning_rate=0.1, short_side=64, crop=32
    )
    added, _ = trained(base)
    at_once = dataclasses.replace(base, batch=4, recipe=dataclasses.replace(recipe, accumulate=1))
    together, _ = trained(at_once)
    assert any(not torch.equal(values, added[name]) for name, values in begun.items())
    for name, values in added.items():
        torch.testing.assert_close(values, together[name], atol=1e-6, rtol=1e-5)


def test_a_network_from_elsewhere_is_trained_on_with_its_terms(settings, tmp_path) -> None:
    kind = {"architecture": "torchvision_lraspp", "encoder": "mobilenet_v3_large"}
    spec = ModelSpec(
        name="other",
        **kind,
        classes=ClassTable.named(["a", "b", "c"]),
        encoder_inside=True,
        multiple=1,
        licence="Not for money",
        is_commercial=False,
    )
    path = tmp_path / "other.safetensors"
    checkpoint.save(path, spec, networks.build(spec))
    frozen = dataclasses.replace(settings, **kind, start=path, frozen=True)
    _, told = trained(frozen)
    made = checkpoint.read_spec(settings.out)
    assert "what scores the classes is new" in told
    assert (made.licence, made.is_commercial) == ("Not for money", False)
    assert len(made.classes) == 2
    with pytest.raises(ModelError, match="start from one with --from"):
        description.describe(dataclasses.replace(frozen, start=None))

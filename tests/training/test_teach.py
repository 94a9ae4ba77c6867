import dataclasses
import resource
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as PillowImage
from project_places import Places
from project_steps import labelled
from tiny_networks import save_plain

from segstudio.core import png
from segstudio.core.classes import ClassTable
from segstudio.core.comparison import reduced_size
from segstudio.core.errors import Cancelled, SegstudioError, StorageError
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.labels import Ink
from segstudio.core.lesson import Lesson, Verdict
from segstudio.inference import predictor as predictors
from segstudio.models import checkpoint, networks
from segstudio.models.spec import ModelSpec
from segstudio.project.reader import Reader
from segstudio.training import lesson_course, lesson_network, teach
from segstudio.training.lesson_images import ACCEPTED_WEIGHT, LessonExample

SIZE = (48, 64)
CLASSES = ClassTable.named(["gone", "dark", "bright"]).without(0)
NAMES = tuple(f"photo{number}.png" for number in range(5))


class Control:
    """Counts how often it was asked, and ends a lesson when it is told to."""

    def __init__(self, *, finish=False, cancel_at=None):
        self.should_finish = finish
        self.asked = 0
        self._cancel_at = cancel_at

    def step(self):
        self.asked += 1
        if self.asked == self._cancel_at:
            raise Cancelled


@pytest.fixture(autouse=True)
def few_steps(monkeypatch):
    """Quality is not in question here, but for one test; and no machine is too busy."""
    monkeypatch.setattr(teach, "USUAL_MINUTES", 5.0)
    monkeypatch.setattr(lesson_course, "MOST_STEPS", 12)
    monkeypatch.setattr(lesson_course, "STEPS_OF_ALL", 1)


@pytest.fixture
def enough_steps(monkeypatch, few_steps):
    monkeypatch.setattr(lesson_course, "MOST_STEPS", 60)


def halves(number):
    """Return labels of an image that is dark on the left, in classes of the project."""
    labels = np.full(SIZE, 1, np.uint8)
    labels[:, 20 + 5 * number :] = 2
    return labels


def scribbled(labels):
    """Return what somebody would paint of it: a stroke of each class."""
    strokes = np.full(SIZE, 255, np.uint8)
    strokes[10:14, 4:60] = labels[10:14, 4:60]
    return strokes


def store(project, name, labels, *, ink=Ink.PERSON, state=ImageState.IN_WORK):
    height, width = labels.shape
    project.keep_step(ImageRecord(name, state, width=width, height=height), labelled(labels, ink))


@pytest.fixture
def places(tmp_path):
    places = Places(tmp_path)
    yield places
    places.end_all()


@pytest.fixture
def project(places):
    project = places.project()
    project.keep_classes(CLASSES)
    noise = np.random.default_rng(0)
    for number, name in enumerate(NAMES):
        truth = halves(number)
        grey = 40 + 170 * (truth == 2) + noise.integers(0, 20, SIZE)
        image = np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
        PillowImage.fromarray(image).save(places.images / name)
        store(project, name, scribbled(truth))
    assert project.flush(5) == ""
    return project


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A model of a few weights that knows other classes."""
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    save_plain(path, ClassTable.named(["sky", "grass", "sea"]), short_side=48, refine="guided")
    return path


@pytest.fixture
def lesson(places, project, tiny, tmp_path):
    return Lesson(
        str(places.file),
        str(places.images),
        NAMES[:3],
        NAMES[3:],
        CLASSES,
        (),
        str(tiny),
        (-1, -1, -1),
        "halves-v1-abcd",
        "halves v1",
        str(tmp_path / "made.safetensors"),
        minutes=5.0,
        device="cpu",
    )


def taught(lesson, control=None):
    return teach.teach(lesson, lambda _news: None, control or Control())


def refused(lesson, kind, sentence, control=None):
    with pytest.raises(kind, match=sentence):
        taught(lesson, control)
    assert not list(places_of(lesson).glob("*.tmp"))
    assert not list(places_of(lesson).glob("made*"))


def places_of(lesson):
    return Path(lesson.out).parent


def test_scribbles_of_two_classes_teach_a_model(lesson, enough_steps):
    news = []
    result = teach.teach(lesson, news.append, Control())
    spec, _ = checkpoint.load(places_of(lesson) / "made.safetensors")
    assert (spec.name, spec.title) == ("halves-v1-abcd", "halves v1")
    assert spec.classes.indices == (1, 2)
    assert [c.colour for c in spec.classes] == [c.colour for c in CLASSES]
    assert spec.refine == "guided"
    assert spec.metrics == result.metrics
    assert spec.metrics["held_out_images"] == 2
    assert checkpoint.read_record(places_of(lesson) / "made.safetensors")["start"]["name"] == "tiny"
    assert result.verdict is Verdict.NOT_COMPARABLE
    assert result.before is None
    assert result.after > 0.9
    assert [c.index for c in result.classes] == [1, 2]
    assert all(c.before is None and c.after > 0.9 and c.pixels > 0 for c in result.classes)
    assert [n.done for n in news] == sorted(n.done for n in news)
    assert any(n.miou is not None for n in news)


def test_a_model_that_was_taught_is_the_old_one_of_the_next_lesson(lesson, tmp_path):
    taught(lesson)
    second = dataclasses.replace(
        lesson, start=lesson.out, targets=(-1, 1, 2), out=str(tmp_path / "second.safetensors")
    )
    result = taught(second)
    assert result.verdict in (Verdict.ALIKE, Verdict.BETTER, Verdict.WORSE)
    assert all(outcome.before is not None for outcome in result.classes)
    assert {picture.name for picture in result.pictures} == set(NAMES[3:])
    for picture in result.pictures:
        before = png.decode(picture.before, "before")
        assert before.shape == reduced_size(*SIZE)
        assert set(np.unique(before)) <= {1, 2, 255}
        assert png.decode(picture.after, "after").shape == before.shape
    assert places_of(lesson).joinpath("made.safetensors").is_file()


def test_what_the_old_model_knows_of_a_class_is_where_the_new_one_begins(tiny, lesson):
    known = dataclasses.replace(lesson, targets=(-1, 2, 2))
    beginning = lesson_network.begin(known, tiny, 1)
    _, old = checkpoint.load(tiny)
    both = zip(beginning.network.state_dict().items(), old.state_dict().values(), strict=True)
    scoring = [(n, v, w) for (n, v), w in both if v.shape != w.shape]
    assert scoring
    for _, values, before in scoring:
        torch.testing.assert_close(values[1], before[1:].mean(dim=0))
    assert "what scores the other classes is new" in beginning.notes[0]


def test_a_single_image_has_no_score(lesson):
    result = taught(dataclasses.replace(lesson, training=NAMES[:1], held_out=()))
    assert result.verdict is Verdict.UNSCORED
    assert (result.before, result.after, result.change, result.pictures) == (None, None, None, ())
    assert "miou" not in result.metrics


@pytest.fixture(scope="module")
def coarse(tmp_path_factory):
    """A model with an encoder of its own."""
    spec = ModelSpec(
        "coarse",
        "fcn32s",
        ClassTable.named(["a", "b", "c"]),
        arguments=networks.find("fcn32s").completed({"hidden_channels": 16}),
        encoder="test_resnet",
        encoder_inside=True,
        short_side=64,
    )
    path = tmp_path_factory.mktemp("models") / "coarse.safetensors"
    torch.manual_seed(0)
    checkpoint.save(path, spec, networks.build(spec))
    return path


@pytest.mark.parametrize("reach", ["head", "last", "all"])
def test_of_the_encoder_learns_what_is_to_learn(lesson, coarse, reach, monkeypatch):
    monkeypatch.setattr(lesson_course, "MOST_STEPS", 2)
    control = Control()
    chosen = dataclasses.replace(lesson, start=str(coarse), training=NAMES[:2], reach=reach)
    result = taught(chosen, control)
    before, after = (checkpoint.load(Path(p))[1].state_dict() for p in (coarse, lesson.out))
    changed = {
        name
        for name, values in before.items()
        if values.shape == after[name].shape and not torch.equal(values, after[name])
    }
    inside = {name for name in changed if name.startswith("encoder.")}
    assert changed - inside
    trained = {n for n in before if n.startswith("encoder.") and n.endswith("conv1.weight")}
    assert len(inside & trained) == {"head": 0, "last": 2, "all": len(trained)}[reach]
    assert control.asked > 3 * result.steps  # between layers as well


def test_an_image_that_cannot_be_used_is_left_out_and_named(lesson, places):
    (places.images / NAMES[0]).unlink()
    PillowImage.new("RGB", (30, 20)).save(places.images / NAMES[3])
    result = taught(lesson)
    assert set(result.skipped) == {NAMES[0], NAMES[3]}
    assert "not in" in result.skipped[NAMES[0]]
    assert "64 x 48" in result.skipped[NAMES[3]]
    assert result.metrics["images"] == 2
    assert result.metrics["held_out_images"] == 1


def test_when_no_image_is_left_the_first_reason_is_told(lesson, places):
    for name in NAMES[:3]:
        (places.images / name).unlink()
    refused(lesson, SegstudioError, "None of the images.*photo0.png is not in")


def test_one_class_teaches_nothing(lesson):
    one = dataclasses.replace(lesson, classes=CLASSES.without(2))
    refused(one, SegstudioError, "“dark”.*second class")


def test_pixels_that_all_are_ignored_teach_nothing(lesson):
    none = dataclasses.replace(
        lesson, classes=ClassTable.named(list("abcde")).without(1).without(2)
    )
    refused(none, SegstudioError, "no labelled pixel")


def test_without_images_nothing_is_taught(lesson):
    refused(dataclasses.replace(lesson, training=(), held_out=()), SegstudioError, "Label some")


def test_a_class_that_was_removed_meanwhile_counts_for_nothing(lesson, project):
    labels = scribbled(halves(0))
    labels[30:40] = 7
    store(project, NAMES[0], labels)
    assert project.flush(5) == ""
    assert not taught(lesson).skipped


@pytest.mark.parametrize("content", [None, b"no model at all"])
def test_a_start_that_is_missing_or_damaged_is_a_sentence(lesson, tmp_path, content):
    path = tmp_path / "start.safetensors"
    if content is not None:
        path.write_bytes(content)
    refused(dataclasses.replace(lesson, start=str(path)), SegstudioError, "start.safetensors")


def test_a_loss_that_is_no_number_is_a_sentence(lesson, monkeypatch):
    monkeypatch.setattr(lesson_network, "RATE", 1e30)
    refused(lesson, SegstudioError, "became (nan|inf)")


def test_a_full_disk_leaves_no_file(lesson):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))
    try:
        refused(lesson, StorageError, "could not be written")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_what_nobody_wants_any_more_ends_without_a_file(lesson):
    refused(lesson, Cancelled, "Cancelled", Control(cancel_at=60))


def test_finishing_keeps_the_best_so_far(lesson, monkeypatch):
    monkeypatch.setattr(lesson_course, "MOST_STEPS", 600)
    control = Control()

    def told(news):
        control.should_finish = news.step > 0

    result = teach.teach(lesson, told, control)
    assert result.stopped
    assert 0 < result.steps < 150
    predictors.load(places_of(lesson) / "made.safetensors", "cpu")


def test_finishing_before_the_first_step_is_a_sentence(lesson):
    refused(lesson, SegstudioError, "Nothing has been learned yet", Control(finish=True))


def test_what_a_person_painted_weighs_more_than_what_was_accepted(places, project):
    planes = np.full(SIZE, 1, np.uint8)
    planes[:20] = 2
    store(project, "new.png", planes, ink=Ink.MODEL, state=ImageState.DONE)
    PillowImage.new("RGB", SIZE[::-1]).save(places.images / "new.png")
    assert project.flush(5) == ""
    example = LessonExample(Reader(places.file), places.images, "new.png")
    read = example.read(CLASSES)
    assert (read.labels[:20] == 1).all()
    assert (read.weights == ACCEPTED_WEIGHT).all()
    by_hand = LessonExample(Reader(places.file), places.images, NAMES[0]).read(CLASSES)
    assert (by_hand.weights[by_hand.labels != 255] == 255).all()


def test_without_held_out_images_what_is_told_apart_is_left_at_that(coarse, lesson, monkeypatch):
    monkeypatch.setattr(lesson_course, "TOLD_APART", 100.0)
    single = dataclasses.replace(lesson, start=str(coarse), training=NAMES[:1], held_out=())
    result = taught(single)
    assert 0 < result.steps <= lesson_course.MOST_STEPS
    before, after = (checkpoint.load(Path(p))[1].state_dict() for p in (coarse, lesson.out))
    same = [n for n, values in before.items() if values.shape == after[n].shape]
    for name in same:
        torch.testing.assert_close(after[name], before[name])
    assert len(same) < len(before)

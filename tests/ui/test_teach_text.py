"""What Teach says."""

from dataclasses import replace
from pathlib import Path

import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.core.lesson import LessonResult, Verdict
from segstudio.core.model_info import ModelInfo
from segstudio.core.model_version import ModelVersion
from segstudio.session.taught import Taught
from segstudio.session.teachable import Usable, UsableImage
from segstudio.ui import teach_text


def usable(*parts):
    images = tuple(
        UsableImage(f"{n}.png", Path(f"{n}.png"), ImageState.DONE, part, True, 900, True, {0: 9})
        for n, part in enumerate(parts)
    )
    return Usable(images, ready=len(images))


def taught(verdict, before=None, after=None, change=None, skipped=None, told=()):
    result = LessonResult(verdict, before, after, change, (), (), skipped or {}, {}, 10, 1.0)
    version = ModelVersion(1, "v1", "V1", held_out=("a", "b"))
    return Taught(result, version, None, ClassTable.named(["cat"]), True, told)


@pytest.mark.parametrize(
    ("verdict", "before", "after", "said"),
    [
        (Verdict.BETTER, 0.614, 0.741, "Better: 0.61 → 0.74"),
        (Verdict.ALIKE, 0.61, 0.62, "About the same: 0.61 → 0.62"),
        (Verdict.WORSE, 0.61, 0.52, "Worse: 0.61 → 0.52"),
        (Verdict.NOT_COMPARABLE, None, 0.6, "Mean IoU 0.60 on 2 images it never saw"),
        (Verdict.FIRST, None, 0.6, "Mean IoU 0.60 on 2 images it never saw"),
        (Verdict.UNSCORED, None, None, "Taught, without a score"),
    ],
)
def test_every_verdict_has_a_headline(verdict, before, after, said):
    assert teach_text.headline(taught(verdict, before, after)) == said


def test_a_verdict_says_what_it_was_measured_on_and_how_sure_it_is():
    said = teach_text.explanation(taught(Verdict.ALIKE, 0.61, 0.62, (-0.03, 0.051)))
    assert "2 images that it never learned from" in said
    assert "−0.03 to +0.05 (95 %)" in said
    assert "Too small a change" in said


def test_a_model_of_other_classes_is_named_as_the_reason_why_there_is_no_before():
    scenes = ModelInfo("scenes", "Scenes", "", ClassTable.named(["sky"]), 0.5, "none")
    found = replace(taught(Verdict.NOT_COMPARABLE, None, 0.79), old=scenes)
    assert teach_text.explanation(found) == "Scenes knows other classes, so there is no before."


@pytest.mark.parametrize(("state", "warns"), [(ImageState.DONE, False), (ImageState.IN_WORK, True)])
def test_a_score_of_painted_pixels_alone_is_told_as_one(state, warns):
    records = [ImageRecord("a", state), ImageRecord("c", ImageState.IN_WORK)]
    said = teach_text.explanation(taught(Verdict.FIRST, None, 1.0), records)
    assert ("Only painted pixels" in said) is warns


def test_what_was_left_out_is_not_said_twice():
    told = ("a.png: it is gone", "“cat” is gone meanwhile.")
    found = taught(Verdict.FIRST, None, 0.6, skipped={"a.png": "it is gone"}, told=told)
    said = teach_text.explanation(found)
    assert "a.png" not in said
    assert "“cat” is gone meanwhile." in said
    assert teach_text.skipped_text(found.result.skipped) == "a.png: it is gone"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((), ""),
        ((Part.TRAINING,), "With one image there is no score"),
        ((Part.TRAINING, Part.NONE), "from three on"),
        ((Part.TRAINING, Part.NONE, Part.NONE), "Some images will be kept"),
        ((Part.TRAINING, Part.VALIDATION, Part.NONE), "1 image is kept for checking"),
        ((Part.TRAINING, Part.VALIDATION, Part.VALIDATION), "2 images are kept"),
    ],
)
def test_what_is_held_out_is_told_before(parts, said):
    line = teach_text.kept_line(usable(*parts))
    assert said in line
    assert bool(said) == bool(line)


def test_test_images_are_listed_with_the_reason_and_unlabelled_ones_not_at_all():
    records = [
        ImageRecord("0.png", ImageState.DONE, classes=((0, 9),)),
        ImageRecord("t.png", ImageState.DONE, part=Part.TEST, classes=((0, 9),)),
        ImageRecord("new.png", part=Part.TEST),
    ]
    own, kept = teach_text.image_rows(usable(Part.VALIDATION), records)
    assert (own.words, own.can_use) == ("Done · for checking", True)
    assert (kept.name, kept.words, kept.can_use) == ("t.png", "Test: never learned from", False)

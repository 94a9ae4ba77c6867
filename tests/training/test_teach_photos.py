"""A lesson with the embedded encoder and the model that comes with the program, on a photo."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage
from project_places import Places
from project_steps import labelled

from segstudio import assets
from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.labels import Ink
from segstudio.core.lesson import Lesson, Verdict
from segstudio.formats.images import read_image
from segstudio.inference import predictor as predictors
from segstudio.inference import segmenter
from segstudio.inference.progress import drained
from segstudio.inference.segmenter import SegmentSettings
from segstudio.models import catalogue
from segstudio.training import lesson_course, teach

CLASSES = ClassTable.named(["cup", "table"])
STROKES = (
    [(150, 250), (200, 330)],
    [(250, 60), (340, 60)],
    [(30, 180), (40, 330)],
    [(520, 60), (560, 200)],
)
"""The ends of strokes in the photo: two on the cup with its saucer, two on the table."""


@dataclass(frozen=True)
class Still:
    """Never holds a lesson up."""

    should_finish = False

    def step(self):
        pass


def views():
    """Return four photos of a cup with what is true of them and what somebody paints in them."""
    image = read_image(assets.path("samples/coffee.jpg"))
    truth = np.ones(image.shape[:2], np.uint8)
    cv2.ellipse(truth, (279, 232), (203, 158), 0, 0, 360, 0, -1)
    cv2.ellipse(truth, (290, 152), (120, 136), 0, 0, 360, 0, -1)
    strokes = np.full(truth.shape, 255, np.uint8)
    for number, (start, end) in enumerate(STROKES):
        cv2.line(strokes, start, end, number // 2, 9)
    planes = image, truth, strokes
    yield [plane[:, ::-1] for plane in planes]
    yield [plane[40:, 60:] for plane in planes]
    yield [plane[:380, :520] for plane in planes]
    darker = (0.8 * image).astype(np.uint8)
    yield [plane[::-1, 40:] for plane in (darker, truth, strokes)]


@pytest.mark.model
def test_scribbles_in_three_photos_teach_two_new_classes(tmp_path, monkeypatch):
    monkeypatch.setattr(teach, "USUAL_MINUTES", 3.0)  # of which a free machine needs a tenth
    monkeypatch.setattr(lesson_course, "MOST_STEPS", 60)
    monkeypatch.setattr(teach, "MOST_CROPS", 72)
    places = Places(tmp_path)
    project = places.project()
    project.keep_classes(CLASSES)
    *painted, unseen = views()
    for number, (image, truth, strokes) in enumerate(painted):
        name = f"photo{number}.png"
        PillowImage.fromarray(np.ascontiguousarray(image)).save(places.images / name)
        record = ImageRecord(name, ImageState.IN_WORK, height=truth.shape[0], width=truth.shape[1])
        project.keep_step(record, labelled(np.ascontiguousarray(strokes), Ink.PERSON))
    assert project.flush(5) == ""
    names = tuple(f"photo{number}.png" for number in range(3))
    out = str(tmp_path / "cups.safetensors")
    lesson = Lesson(
        *(str(places.file), str(places.images), names[:2], names[2:], CLASSES, ()),
        *(catalogue.DEFAULT, (-1,) * 12, "cups-v1", "cups v1", out),
        minutes=3.0,
        device="cpu",
    )
    result = teach.teach(lesson, lambda _news: None, Still())
    places.end_all()
    assert result.verdict is Verdict.NOT_COMPARABLE
    predictor = predictors.load(Path(out), "cpu")
    settings = SegmentSettings(refine="none", precision="full")
    image, truth, _ = unseen
    found = drained(segmenter.segment(np.ascontiguousarray(image), predictor, settings))
    assert (found.label_map == truth).mean() > 0.85

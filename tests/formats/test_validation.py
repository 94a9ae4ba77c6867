"""Looking through a dataset: each kind of fault is found where it is, and nothing else."""

import numpy as np
import pytest
from PIL import Image as PillowImage

from segstudio.core.classes import ClassTable
from segstudio.core.errors import ImageError
from segstudio.core.image_record import Part
from segstudio.core.region import Region
from segstudio.formats import label_checks, twins
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.findings import Finding, Kind
from segstudio.formats.validation import validate

CLASSES = ClassTable.named(["sky", "road"])


def two_halves() -> np.ndarray:
    labels = np.zeros((40, 60), np.uint8)
    labels[20:] = 1
    return labels


@pytest.fixture
def photo(tmp_path):
    """Write a photo of noise, another one for another seed; return its path."""

    def write(name, seed, shape=(40, 60), quality=95):
        small = np.random.default_rng(seed).integers(0, 256, (5, 6, 3), np.uint8)
        picture = PillowImage.fromarray(small).resize((shape[1], shape[0]))
        picture.save(tmp_path / name, quality=quality)
        return tmp_path / name

    return write


def image(name, picture, labels=None, part=Part.NONE):
    kept = two_halves() if labels is None else labels
    return LabelledImage(name, picture, lambda: kept, part)


def kinds(findings):
    return [finding.kind for finding in findings]


def test_a_sound_dataset_has_no_findings(photo):
    parts = (Part.TRAINING, Part.VALIDATION)
    images = [image(f"{n}", photo(f"{n}.jpg", n), part=part) for n, part in enumerate(parts)]
    assert validate(Dataset(CLASSES, images)) == []


def test_a_speck_and_a_sliver_are_found_at_their_place(photo):
    labels = two_halves()
    labels[5:7, 8:10] = 1
    labels[30, 10:40] = 0
    found = validate(Dataset(CLASSES, [image("a", photo("a.jpg", 0), labels)]))
    assert {(f.kind, f.place) for f in found} == {
        (Kind.SPECK, Region(5, 8, 7, 10)),
        (Kind.SLIVER, Region(30, 10, 31, 40)),
    }
    assert "4 px of “road”" in next(f.sentence for f in found if f.kind is Kind.SPECK)


def test_a_thick_piece_is_no_sliver_however_long_its_outline(photo):
    labels = two_halves()
    labels[5:9, 5:55] = 1  # four thick
    assert list(label_checks.check("a", labels, CLASSES)) == []


def test_a_number_that_is_no_class_and_an_empty_map_are_told():
    strange = np.full((9, 9), 7, np.uint8)
    assert kinds(label_checks.check("a", strange, CLASSES)) == [Kind.UNKNOWN_CLASS]
    empty = np.full((9, 9), 255, np.uint8)
    assert kinds(label_checks.check("a", empty, CLASSES)) == [Kind.EMPTY]


def test_labels_of_another_size_and_labels_that_break_are_told(photo):
    def broken():
        raise ImageError("b.png is cut off.")

    small = image("a", photo("a.jpg", 0, shape=(30, 30)))
    found = validate(Dataset(CLASSES, [small, LabelledImage("b", None, broken)]))
    assert kinds(found)[:2] == [Kind.UNREADABLE, Kind.SIZE]
    assert found[0] == Finding(Kind.UNREADABLE, "b", "b.png is cut off.")
    assert all(finding.is_grave for finding in found[:2])


def test_the_same_photo_in_two_parts_is_found_and_in_one_part_is_fine(photo):
    first, again = photo("a.jpg", 5), photo("b.jpg", 5, quality=60)
    other = photo("c.jpg", 6)
    apart = [
        image("a", first, part=Part.TRAINING),
        image("b", again, part=Part.TEST),
        image("c", other, part=Part.TEST),
    ]
    found = validate(Dataset(CLASSES, apart))
    assert [(f.kind, f.image) for f in found] == [(Kind.TWIN, "a")]
    together = [image(f.name, f.image, part=Part.TRAINING) for f in apart]
    assert validate(Dataset(CLASSES, together)) == []


def test_pictures_of_one_colour_have_a_fingerprint_too(tmp_path):
    PillowImage.new("RGB", (1, 1), (9, 9, 9)).save(tmp_path / "a.png")
    assert twins.fingerprint(tmp_path / "a.png") == 0


def test_a_class_that_is_rare_missing_or_on_one_side_is_told(photo):
    table = ClassTable.named(["sky", "road", "sign", "dog"])
    labels = np.zeros((80, 120), np.uint8)
    labels[40:] = 1
    rare = labels.copy()
    rare[0:3, 0:3] = 2
    images = [
        image("a", photo("a.jpg", 0, (80, 120)), rare, Part.TRAINING),
        image("b", photo("b.jpg", 1, (80, 120)), labels, Part.VALIDATION),
    ]
    sentences = [f.sentence for f in validate(Dataset(table, images))]
    assert sentences == [
        "“sign” occurs only in training images.",
        "“sign” has only 9 px, 0.05 % of what is labelled.",
        "“dog” does not occur.",
    ]

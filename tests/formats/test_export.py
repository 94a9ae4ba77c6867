import importlib.util
import json
import os
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image as PillowImage

from segstudio.core import atomic, png
from segstudio.core.classes import ClassTable, read_classes
from segstudio.core.errors import Cancelled, SegstudioError, StorageError
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.formats import dataset_card, export, format_table, images
from segstudio.formats.export_values import ExportItem, ExportPlan, ExportReport
from segstudio.formats.placing import REPORT_NAME

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "native"
CLASSES = ClassTable.named(["sky", "tree", "gone", "road"]).without(2)


def by_person(labels: np.ndarray):
    """Return what reads labels that a person has painted."""
    return lambda: Planes(labels, np.full_like(labels, Ink.PERSON))


def exported(items, classes, folder, *, pictures="copy", report=lambda *_: None) -> ExportReport:
    plan = ExportPlan(format_table.find("native"), pictures=pictures)
    return export.export(items, classes, folder, plan, report)


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_native", GOLDEN / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def item(path: Path, labels: np.ndarray, **options) -> ExportItem:
    """Write a photo of the size of its labels and return it as an item to export."""
    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(labels.size)
    photo = random.integers(0, 256, (*labels.shape, 3), np.uint8)
    PillowImage.fromarray(photo).save(path)
    name = options.pop("name", path.stem)
    return ExportItem(name, path, by_person(labels), **options)


def some_labels(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).choice(np.array([0, 1, 3, 255], np.uint8), (12, 16))


@pytest.fixture
def target(tmp_path) -> Path:
    return tmp_path / "exports" / "set"


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_an_export_is_the_golden_folder(tmp_path, target):
    golden = GOLDEN / "dataset"
    made = script()
    made.write(tmp_path, target)
    # The card has a date, and tests of its own.
    assert content(target).keys() == {*content(golden), dataset_card.NAME}
    for name in content(golden):
        if name.endswith(".json"):
            written, kept = (json.loads((f / name).read_text("utf-8")) for f in (target, golden))
            assert written == kept
        else:
            with PillowImage.open(target / name) as new, PillowImage.open(golden / name) as old:
                assert new.mode == old.mode
                assert new.getpalette() == old.getpalette()
                assert np.array_equal(np.array(new), np.array(old))


def test_image_and_mask_of_a_turned_photo_agree(tmp_path, target):
    made = script()
    made.write(tmp_path, target)
    for name in ("plain", "turned"):
        with PillowImage.open(target / "images" / f"{name}.png") as image:
            assert image.size == (16, 12)
            assert image.getexif().get(0x0112, 1) == 1
            pixels = np.array(image.convert("RGB"))
        assert pixels[11, 0].tolist() == [220, 0, 88]
        assert png.read(target / "masks" / f"{name}.png").tolist() == made.label_map().tolist()


@settings(max_examples=40)
@given(st.data())
def test_any_label_map_is_read_back_as_it_was(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("export")
    used = data.draw(st.sets(st.integers(0, 254), min_size=1, max_size=9))
    table = ClassTable()
    for index in sorted(used, reverse=True):
        table = table.with_index(index, f"class {index}")
    shape = data.draw(array_shapes(min_dims=2, max_dims=2, max_side=20))
    labels = data.draw(arrays(np.uint8, shape, elements=st.sampled_from([*sorted(used), 255])))
    report = exported([item(folder / "a.png", labels)], table, folder / "set")
    with PillowImage.open(folder / "set" / "masks" / "a.png") as mask:
        assert np.array_equal(np.array(mask), labels)
        assert np.array_equal(np.array(mask.convert("RGB")), table.colour_table()[labels])
    assert read_classes(folder / "set" / "classes.json").classes == table.classes
    assert report.pixels == {c.name: int((labels == c.index).sum()) for c in table}
    assert report.ignored_pixels == int((labels == 255).sum())


def test_images_are_copied_byte_for_byte(tmp_path, target):
    photo = item(tmp_path / "a.jpg", some_labels())
    exported([photo], CLASSES, target)
    assert (target / "images" / "a.jpg").read_bytes() == photo.image.read_bytes()


def test_masks_can_be_exported_without_images(tmp_path, target):
    exported([item(tmp_path / "a.png", some_labels())], CLASSES, target, pictures="none")
    assert {path.name for path in target.iterdir()} == {
        *("masks", "classes.json", dataset_card.NAME, REPORT_NAME)
    }


def test_files_of_the_same_name_get_names_of_their_own(tmp_path, target):
    paths = ["a/photo.png", "b/photo.png", "c/PHOTO.jpg", "c/photo.jpg", "d/photo-2.png"]
    items = [item(tmp_path / path, some_labels(n)) for n, path in enumerate(paths)]
    exported(items, CLASSES, target)
    names = sorted(path.stem for path in (target / "images").iterdir())
    assert len({name.casefold() for name in names}) == 5
    assert names == sorted(path.stem for path in (target / "masks").iterdir())
    for number, name in enumerate(("photo", "photo-2", "PHOTO-3", "photo-4", "photo-2-2")):
        assert np.array_equal(png.read(target / "masks" / f"{name}.png"), some_labels(number))


def test_long_names_leave_room_for_a_number(tmp_path, target):
    name = "写" * 83 + ".png"
    items = [item(tmp_path / part / name, some_labels()) for part in "ab"]
    assert exported(items, CLASSES, target).written == 2
    assert len(list((target / "masks").iterdir())) == 2


@pytest.mark.parametrize("suffix", [".png", ".jpeg"])
def test_names_joined_of_folders_are_cut_where_they_are_too_long(tmp_path, target, suffix):
    labels = some_labels()
    names = ["-".join(["n" * 100] * 3 + [end]) for end in "ab"]
    items = [item(tmp_path / f"{n}{suffix}", labels, name=name) for n, name in enumerate(names)]
    assert exported(items, CLASSES, target).failed == {}
    assert len(list((target / "masks").iterdir())) == 2
    assert exported(items, CLASSES, target).written == 2


def test_a_turned_photo_that_breaks_off_fails_alone(tmp_path, target):
    labels = np.zeros((400, 300), np.uint8)
    broken = item(tmp_path / "broken.jpg", labels)
    turned = PillowImage.Exif()
    turned[0x0112] = 6
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    PillowImage.fromarray(noise).save(broken.image, exif=turned)
    broken.image.write_bytes(broken.image.read_bytes()[:20_000])
    good = item(tmp_path / "good.png", some_labels())
    outcome = exported([broken, good], CLASSES, target)
    assert outcome.written == 1
    assert "broken.jpg" in outcome.failed[str(broken.image)]
    assert [path.name for path in (target / "masks").iterdir()] == ["good.png"]


@pytest.mark.parametrize("place", ["masks/mine.png", "images/notes.txt", "masks/deep/mine.png"])
def test_what_somebody_added_inside_an_earlier_export_is_not_replaced(tmp_path, target, place):
    photo = item(tmp_path / "a.png", some_labels())
    exported([photo], CLASSES, target)
    (target / "masks" / "Thumbs.db").write_text("left by a system", "utf-8")
    exported([photo], CLASSES, target)
    (target / place).parent.mkdir(exist_ok=True)
    (target / place).write_text("mine", "utf-8")
    before = content(target)
    with pytest.raises(SegstudioError, match=f"holds other files, such as {place}"):
        exported([photo], CLASSES, target)
    assert content(target) == before


def test_the_report_says_what_was_written(tmp_path, target):
    labels = np.array([[0, 0, 1, 255]], np.uint8)
    wrong = item(tmp_path / "wrong.png", np.zeros((3, 3), np.uint8))
    items = [
        item(tmp_path / "seen.png", labels),
        item(tmp_path / "unseen.png", labels, seen_by_person=False),
        ExportItem("wrong", wrong.image, by_person(labels)),
    ]
    outcome = exported(items, CLASSES, target)
    assert (outcome.written, outcome.identical, outcome.never_seen) == (2, 2, 1)
    assert outcome.sentence == "2 of 2 masks read back and identical; 1 could not be exported."
    report = json.loads((target / REPORT_NAME).read_text("utf-8"))
    assert (
        report.items()
        >= {
            "images": 2,
            "masks_read_back_identical": 2,
            "never_looked_at_by_a_person": 1,
            "classes": 3,
            "pixels_by_class": {"sky": 4, "tree": 2, "road": 0},
            "pixels_ignored": 2,
            "not_exported": outcome.failed,
        }.items()
    )
    assert list(outcome.failed) == [str(wrong.image)]


def test_progress_counts_to_the_number_of_images(tmp_path, target):
    said: list[tuple[int, int]] = []
    items = [item(tmp_path / f"{n}.png", some_labels()) for n in range(3)]
    exported(items, CLASSES, target, report=lambda *numbers: said.append(numbers))
    assert said == [(1, 3), (2, 3), (3, 3)]


def refuse() -> np.ndarray:
    raise StorageError("The labels of bad.png could not be read.")


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (lambda path: ExportItem("bad", path, by_person(np.zeros((3, 5), np.uint8))), "5 x 3"),
        (lambda path: ExportItem("bad", path, by_person(some_labels() | 2)), "class"),
        (lambda path: ExportItem("bad", path, refuse), "labels of bad.png"),
        (
            lambda path: ExportItem("bad", path.with_name("gone.png"), by_person(some_labels())),
            "gone.png is not there",
        ),
    ],
)
def test_an_image_that_cannot_be_exported_is_named_and_the_others_are_done(
    tmp_path, target, bad, sentence
):
    good, spoilt = (
        item(tmp_path / "good.png", some_labels()),
        item(tmp_path / "bad.png", some_labels()),
    )
    outcome = exported([bad(spoilt.image), good], CLASSES, target)
    assert outcome.written == 1
    assert sentence in next(iter(outcome.failed.values()))
    assert [path.name for path in (target / "masks").iterdir()] == ["good.png"]
    assert [path.name for path in (target / "images").iterdir()] == ["good.png"]


def test_nothing_to_export_is_told(target):
    with pytest.raises(SegstudioError, match="nothing to export"):
        exported([], CLASSES, target)
    assert not target.exists()


@pytest.mark.parametrize("extra", ["notes.txt", ".git", "splits"])
def test_a_folder_with_other_files_is_refused(tmp_path, target, extra):
    photo = item(tmp_path / "a.png", some_labels())
    target.mkdir(parents=True)
    (target / extra).write_text("mine", "utf-8")
    with pytest.raises(SegstudioError, match="holds other files"):
        exported([photo], CLASSES, target)
    assert content(target) == {extra: b"mine"}
    (target / extra).unlink()
    exported([photo], CLASSES, target)
    (target / extra).write_text("added to an earlier export", "utf-8")
    before = content(target)
    with pytest.raises(SegstudioError, match="holds other files"):
        exported([photo], CLASSES, target)
    assert content(target) == before


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path, target):
    target.parent.mkdir()
    target.write_text("mine", "utf-8")
    with pytest.raises(SegstudioError):
        exported([item(tmp_path / "a.png", some_labels())], CLASSES, target)
    assert target.read_text("utf-8") == "mine"


def test_an_earlier_export_is_replaced_with_nothing_left_of_it(tmp_path, target):
    exported([item(tmp_path / "old.png", some_labels())], CLASSES, target)
    (target / ".DS_Store").write_bytes(b"left by a system")
    exported([item(tmp_path / "new.png", some_labels())], CLASSES, target)
    assert [path.name for path in (target / "masks").iterdir()] == ["new.png"]
    assert list(target.parent.iterdir()) == [target]


def test_a_link_to_an_earlier_export_stays_a_link(tmp_path, target):
    exported([item(tmp_path / "old.png", some_labels())], CLASSES, target)
    link = tmp_path / "link"
    link.symlink_to(target, target_is_directory=True)
    exported([item(tmp_path / "new.png", some_labels())], CLASSES, link)
    assert link.is_symlink()
    assert [path.name for path in (target / "masks").iterdir()] == ["new.png"]


class Fault:
    """One way in which the second of two images fails; an earlier export must survive it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.write = png.write

    def cancel(self) -> type[Exception]:
        return Cancelled

    def disk_full(self) -> type[Exception]:
        def write_bytes(path: Path, data: bytes) -> None:
            if path.name == "two.png":
                raise StorageError("two.png could not be written: no space left.")
            path.write_bytes(data)

        self.monkeypatch.setattr(atomic, "write_bytes", write_bytes)
        return StorageError

    def wrong_pixel(self) -> type[Exception]:
        def write(path: Path, plane: np.ndarray, colours: np.ndarray) -> None:
            spoilt = plane.copy()
            spoilt[-1, -1] ^= path.name == "two.png"
            self.write(path, spoilt, colours)

        self.monkeypatch.setattr(png, "write", write)
        return StorageError

    def half_a_file(self) -> type[Exception]:
        def write(path: Path, plane: np.ndarray, colours: np.ndarray) -> None:
            self.write(path, plane, colours)
            if path.name == "two.png":
                path.write_bytes(path.read_bytes()[:60])

        self.monkeypatch.setattr(png, "write", write)
        return StorageError

    def refused_copy(self) -> type[Exception]:
        def copyfile(*_paths: Path) -> None:
            raise OSError(28, "No space left on device")

        self.monkeypatch.setattr(shutil, "copyfile", copyfile)
        return StorageError

    def refused_swap(self) -> type[Exception]:
        rename = Path.rename

        def rename_or_refuse(path: Path, new: Path) -> Path:
            if path.name.startswith(".segstudio-export-") and not path.name.endswith("-old"):
                raise PermissionError(13, "Permission denied")
            return rename(path, new)

        self.monkeypatch.setattr(Path, "rename", rename_or_refuse)
        return StorageError

    def nothing_exported(self) -> type[Exception]:
        self.monkeypatch.setattr(images, "image_size", lambda _path: (1, 1))
        return SegstudioError


FAULTS = [name for name in vars(Fault) if not name.startswith("_")]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failure_leaves_the_earlier_export_as_it_was(tmp_path, target, monkeypatch, fault):
    items = [item(tmp_path / f"{name}.png", some_labels()) for name in ("one", "two")]
    exported(items[:1], CLASSES, target)
    before = content(target)
    expected = getattr(Fault(monkeypatch), fault)()

    def report(done: int, _total: int) -> None:
        if fault == "cancel" and done == 1:
            raise Cancelled

    with pytest.raises(expected):
        exported(items, CLASSES, target, report=report)
    monkeypatch.undo()
    assert content(target) == before
    assert os.listdir(target.parent) == ["set"]  # noqa: PTH208 - hidden names too


def test_a_mask_that_does_not_read_back_is_named(tmp_path, target, monkeypatch):
    Fault(monkeypatch).wrong_pixel()
    with pytest.raises(StorageError, match=r"mask of two\.png did not read back"):
        exported([item(tmp_path / "two.png", some_labels())], CLASSES, target)
    assert not target.exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(StorageError, match="file"):
        exported(
            [item(tmp_path / "a.png", some_labels())], CLASSES, tmp_path / "file" / "deep" / "set"
        )

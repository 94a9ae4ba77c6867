"""What we write, read by the programs that it is for (extra “readers”)."""

from pathlib import Path

import format_cases
import golden_sets
import numpy as np
import pytest

from segstudio.formats import format_table

pytestmark = pytest.mark.filterwarnings("ignore")  # theirs are not ours to mend


@pytest.fixture
def written(tmp_path):
    """Return a function that writes the golden label maps as a format."""

    def write(name, **options):
        large = np.kron(golden_sets.maps()[0], np.ones((3, 3), np.uint8))  # YOLO's are 10 at least
        maps = [large, large[::-1]]
        folder = tmp_path / "set"
        row = format_table.find(name)
        _, items, _ = format_cases.write(
            row, folder, golden_sets.CLASSES, maps, picture=golden_sets.picture, **options
        )
        return folder, {item.name: item.labels for item in items}

    return write


def test_ultralytics_gets_the_same_masks(written, tmp_path, monkeypatch):
    monkeypatch.setenv("YOLO_CONFIG_DIR", str(tmp_path / "settings"))
    monkeypatch.setenv("YOLO_OFFLINE", "1")
    pytest.importorskip("ultralytics", reason="ultralytics is not installed (extra “readers”)")
    from ultralytics.data.dataset import YOLODataset
    from ultralytics.data.utils import check_det_dataset, polygon2mask

    folder, wanted = written("yolo")
    monkeypatch.chdir(tmp_path)  # not where data.yaml lies
    data = check_det_dataset(str(folder / "data.yaml"), autodownload=False)
    found = YOLODataset(img_path=data["train"], data=data, task="segment", augment=False)
    assert len(found.labels) == len(wanted)
    for row in found.labels:
        size = wanted[Path(row["im_file"]).stem].shape
        labels = np.full(size, 255, np.uint8)
        for index, polygon in zip(row["cls"].ravel(), row["segments"], strict=True):
            flat = (polygon * np.array(size[::-1], np.float32)).ravel()
            labels[polygon2mask(size, [flat]) > 0] = int(index)
        assert np.array_equal(labels, wanted[Path(row["im_file"]).stem])


def test_datumaro_gets_the_same_masks(written):
    datumaro = pytest.importorskip("datumaro", reason="datumaro is not installed (extra “readers”)")
    folder, wanted = written("datumaro")
    found = datumaro.Dataset.import_from(str(folder), "common_semantic_segmentation")
    assert {item.id for item in found} == set(wanted)
    for item in found:
        labels = np.full(wanted[item.id].shape, 255, np.uint8)
        for annotation in item.annotations:
            labels[np.asarray(annotation.image, bool)] = annotation.label
        assert np.array_equal(labels, wanted[item.id])


@pytest.mark.parametrize("shapes", ["masks", "polygons"])
def test_labelme_gets_the_same_masks(written, shapes):
    pytest.importorskip(
        "labelme", reason="labelme is not installed (extra “readers”)", exc_type=ImportError
    )
    from labelme._label_file import read_label_file
    from labelme.utils import shapes_to_label

    folder, wanted = written("labelme", shapes=shapes)
    names = (folder / "labels.txt").read_text("utf-8").split("\n")
    by_name = {name: number for number, name in enumerate(names) if name}
    own = {"_background_": "background"}
    classes = format_table.find("labelme").number(golden_sets.CLASSES).classes
    for name, labels in wanted.items():
        shapes_read = read_label_file(str(folder / f"{name}.json")).shapes
        drawn, _ = shapes_to_label(
            img_shape=labels.shape, shapes=shapes_read, label_name_to_value=by_name
        )
        back = np.full(256, 255, np.uint8)
        for label, number in by_name.items():
            entry = classes.find(own.get(label, label))
            back[number] = 255 if entry is None else entry.index
        assert np.array_equal(back[drawn], labels)

"""Datasets that this program writes, read by code of others."""

import json

import numpy as np
import pytest
import sample_sets
import tifffile
from PIL import Image as PillowImage

from segstudio.core.classes import IGNORE_INDEX
from segstudio.formats.format_table import FORMATS


def wanted(row, name):
    return row.number(sample_sets.CLASSES).applied(sample_sets.label_map(name))


def test_torchvision_reads_pascal_voc(tmp_path):
    from torchvision.datasets import VOCSegmentation

    row = FORMATS["voc"]
    sample_sets.write(row, tmp_path / "VOCdevkit" / "VOC2012")
    for split, name in (("train", "first"), ("val", "second")):
        image, mask = VOCSegmentation(str(tmp_path), image_set=split)[0]
        assert image.size == mask.size == (16, 12)
        assert np.array_equal(np.array(mask), wanted(row, name))


def test_torchvision_reads_cityscapes(tmp_path):
    from torchvision.datasets import Cityscapes

    row = FORMATS["cityscapes"]
    sample_sets.write(row, tmp_path)
    for split, name in (("train", "first"), ("val", "second")):
        data = Cityscapes(str(tmp_path), split=split, target_type=["semantic", "color"])
        image, (mask, colours) = data[0]
        labels = wanted(row, name)
        assert len(data) == 1
        assert image.size == mask.size == colours.size == (16, 12)
        assert np.array_equal(np.array(mask), np.where(labels == IGNORE_INDEX, 0, labels))
        table = row.number(sample_sets.CLASSES).classes.colour_table()
        assert np.array_equal(np.array(colours), table[labels])


def test_hugging_face_reads_an_imagefolder(tmp_path):
    datasets = pytest.importorskip(
        "datasets", reason="needs the extra “readers”: pip install segstudio[readers]"
    )
    row = FORMATS["huggingface"]
    sample_sets.write(row, tmp_path / "set")
    loaded = datasets.load_dataset(
        "imagefolder", data_dir=str(tmp_path / "set"), cache_dir=str(tmp_path / "cache")
    )
    for split, name in (("train", "first"), ("validation", "second")):
        assert set(loaded[split].column_names) == {"image", "label"}
        assert loaded[split][0]["image"].size == (16, 12)
        assert np.array_equal(np.array(loaded[split][0]["label"]), wanted(row, name))


def test_a_minimal_loader_reads_an_imagefolder(tmp_path):
    row = FORMATS["huggingface"]
    sample_sets.write(row, tmp_path)
    names = {int(k): v for k, v in json.loads((tmp_path / "id2label.json").read_text()).items()}
    lines = (tmp_path / "train" / "metadata.jsonl").read_text("utf-8").splitlines()
    files = json.loads(lines[0])
    with PillowImage.open(tmp_path / "train" / files["label_file_name"]) as mask:
        assert mask.mode == "L"
        assert np.array_equal(np.array(mask), wanted(row, "first"))
    assert (tmp_path / "train" / files["image_file_name"]).is_file()
    assert names == {c.index: c.name for c in row.number(sample_sets.CLASSES).classes}


def test_the_card_of_an_imagefolder_has_a_head_of_yaml(tmp_path):
    import yaml

    sample_sets.write(FORMATS["huggingface"], tmp_path)
    _, head, text = (tmp_path / "README.md").read_text("utf-8").split("---\n", 2)
    card = yaml.safe_load(head)
    assert card["task_ids"] == ["semantic-segmentation"]
    assert [part["num_examples"] for part in card["dataset_info"]["splits"]] == [1, 1]
    assert "| 2 | Straße |" in text


def test_ade20k_is_read_the_way_mmsegmentation_reduces_its_zero_label(tmp_path):
    row = FORMATS["ade20k"]
    sample_sets.write(row, tmp_path)
    with PillowImage.open(tmp_path / "annotations/training/first.png") as mask:
        numbers = np.array(mask)
    numbers[numbers == 0] = 255
    numbers = numbers - 1
    numbers[numbers == 254] = 255
    assert np.array_equal(numbers, wanted(row, "first"))


def test_metainfo_is_python_that_names_the_classes(tmp_path):
    sample_sets.write(FORMATS["mmsegmentation"], tmp_path)
    values = {}
    exec((tmp_path / "metainfo.py").read_text("utf-8"), values)
    info = values["METAINFO"]
    assert info["classes"] == ("road", "background", "Straße", "traffic light")
    assert len(info["palette"]) == 4


@pytest.mark.parametrize("depth", ["8", "16"])
def test_tifffile_reads_label_tiffs(tmp_path, depth):
    import format_cases

    row, labels = FORMATS["tiff"], sample_sets.label_map("first")
    format_cases.write(row, tmp_path, sample_sets.CLASSES, [labels], depth=depth)
    values = tifffile.imread(tmp_path / "labels" / "image-0.tif")
    assert values.dtype == f"uint{depth}"
    assert np.array_equal(values, row.number(sample_sets.CLASSES).applied(labels))


@pytest.mark.parametrize("order", ["hwk", "khw"])
@pytest.mark.parametrize("file", ["npz", "npy"])
def test_numpy_reads_one_hot_arrays(tmp_path, order, file):
    import format_cases

    row, labels = FORMATS["onehot"], sample_sets.label_map("first")
    writer, items, numbered = format_cases.write(
        row, tmp_path, sample_sets.CLASSES, [labels], order=order, file=file
    )
    loaded = np.load(tmp_path / "arrays" / f"image-0.{file}", allow_pickle=False)
    array = loaded["one_hot"] if file == "npz" else loaded
    planes = array if order == "khw" else np.moveaxis(array, -1, 0)
    assert planes.shape == (4, 12, 16)
    for index, plane in enumerate(planes):
        assert np.array_equal(plane, numbered.applied(labels) == index)
    assert np.array_equal(writer.read_back(items[0]), numbered.applied(labels))
    assert np.array_equal(row.read(tmp_path).images[0].read(), numbered.applied(labels))


@pytest.mark.parametrize("name", [name for name in sample_sets.NAMES if name not in ("voc",)])
def test_the_code_on_its_page_loads_a_dataset(name, tmp_path, monkeypatch):
    row = FORMATS[name]
    sample_sets.write(row, tmp_path)
    monkeypatch.chdir(tmp_path)
    code = row.loading_code(row.number(sample_sets.CLASSES).classes)
    values = {}
    if name in ("mmsegmentation", "huggingface"):  # whose libraries are not here
        compile(code, name, "exec")
        return
    exec(code, values)
    labels = values["Labelled"]()[0][1] if "Labelled" in values else np.array(values["labels"])
    expected = wanted(row, "first").astype(int)
    if name == "cityscapes":
        expected[expected == IGNORE_INDEX] = 0
    if name == "cvat":  # of which the last one stays
        expected = wanted(row, "second")
    assert np.array_equal(labels, expected)

"""A small dataset in each format: it is read as it always was, and written as it always was."""

import io
import zipfile

import numpy as np
import pytest
import sample_sets
from PIL import Image as PillowImage

from segstudio.core.classes import Role
from segstudio.formats.format_table import FORMATS

PICTURES = {"leftImg8bit", "images", "img_dir", "JPEGImages"}


@pytest.fixture(params=sample_sets.NAMES)
def row(request):
    return FORMATS[request.param]


def meanings(labels, classes):
    """Return the name of the class of each pixel."""
    names = np.full(256, "", object)
    for entry in classes:
        if entry.role is not Role.IGNORE:
            names[entry.index] = entry.name
    return names[labels]


def test_a_dataset_is_read_as_it_always_was(row):
    found = row.read(sample_sets.GOLDEN / row.name)
    images = {image.name.rsplit("/", 1)[-1]: image for image in found.images}
    assert set(images) == {name for name, _ in sample_sets.IMAGES}
    for name, part in sample_sets.IMAGES:
        wanted = meanings(sample_sets.label_map(name), sample_sets.CLASSES)
        assert np.array_equal(meanings(images[name].read(), found.classes), wanted)
        assert images[name].part is part
        assert images[name].image is not None


def decoded(path, data):
    """Return what a file holds, whatever it is packed with."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return {
                name: decoded(path.parent / name, packed.read(name)) for name in packed.namelist()
            }
    if path.suffix == ".npz":
        with np.load(io.BytesIO(data)) as arrays:
            return {name: (arrays[name].dtype, arrays[name].tolist()) for name in arrays}
    if path.suffix in (".png", ".tif"):
        with PillowImage.open(io.BytesIO(data)) as picture:
            return picture.mode, picture.getpalette(), np.array(picture).tolist()
    return data.decode()


def content(folder):
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): decoded(path, path.read_bytes())
        for path in files
        if PICTURES.isdisjoint(path.parts) and path.suffix != ".jpg"
    }


def test_a_dataset_is_written_as_it_always_was(row, tmp_path):
    sample_sets.write(row, tmp_path)
    assert content(tmp_path) == content(sample_sets.GOLDEN / row.name)

"""Readers meet damaged files: they say so in a sentence, or read what is left."""

import re
import shutil

import golden_sets
import mutations
import pytest

from segstudio.core.errors import SegstudioError
from segstudio.formats import format_table

NAMES = (*golden_sets.NAMES, "label-studio", "isat")


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_refused_with_a_sentence(name, request):
    source = format_table.find_source(name)
    mutations.attack(
        golden_sets.GOLDEN / name,
        lambda path: mutations.read_all(source, path),
        examples=request.config.getoption("--fuzz"),
    )


@pytest.mark.parametrize("name", NAMES)
def test_telling_what_a_folder_is_takes_damaged_files_too(name, request):
    mutations.attack(
        golden_sets.GOLDEN / name,
        lambda path: [row.is_here(path) for row in format_table.SOURCES.values()],
        examples=max(3, request.config.getoption("--fuzz") // 4),
    )


@pytest.mark.parametrize(
    ("name", "file", "keys"),
    [
        ("coco", "annotations/instances_train.json", ("height", "width")),
        ("coco-panoptic", "annotations/panoptic_train.json", ("height", "width")),
        ("labelme", "train/image-0.json", ("imageHeight", "imageWidth")),
        ("label-studio", "export.json", ("original_height", "original_width")),
        ("isat", "image-0.json", ("height", "width")),
    ],
)
def test_a_size_beyond_all_limits_is_refused_before_memory_is_taken(name, file, keys, tmp_path):
    shutil.copytree(golden_sets.GOLDEN / name, tmp_path / name)
    path = tmp_path / name / file
    text = path.read_text("utf-8")
    for key in keys:
        text = re.sub(rf'"{key}": \d+', f'"{key}": 1000000', text)
    path.write_text(text, "utf-8")
    with pytest.raises(SegstudioError, match=r"1,000,000 x 1,000,000 pixels"):
        _read(format_table.find_source(name), tmp_path / name)


def _read(source, path):
    return [image.read() for image in source.read(path).images]

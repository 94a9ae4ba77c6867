"""The code beside an export of annotation files does what it says."""

import contextlib
import io

import format_cases
import golden_sets
import numpy as np
import pytest

from segstudio.formats import format_table


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("coco", {}),
        ("coco-panoptic", {}),
        ("labelme", {}),
        ("labelme", {"shapes": "polygons"}),
        ("datumaro", {}),
    ],
)
def test_the_code_beside_an_export_loads_it(name, options, tmp_path, monkeypatch):
    row = format_table.find(name)
    _, items, numbered = format_cases.write(
        row,
        tmp_path,
        golden_sets.CLASSES,
        golden_sets.maps(),
        picture=golden_sets.picture,
        **options,
    )
    found = {}
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(row.loading_code(numbered.classes), found)
    assert np.array_equal(found["labels"], items[0].labels)

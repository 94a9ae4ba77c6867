"""From one format to the next: every pixel keeps its class, every image its part."""

import numpy as np
import pytest
import sample_sets

from segstudio.core.classes import Role
from segstudio.formats import dataset_items, export
from segstudio.formats.export_values import ExportPlan
from segstudio.formats.format_table import FORMATS

PAIRS = [(name, sample_sets.NAMES[place - 1]) for place, name in enumerate(sample_sets.NAMES)]


def meanings(dataset, image):
    names = np.full(256, "", object)
    for entry in dataset.classes:
        names[entry.index] = "" if entry.role is Role.IGNORE else entry.name
    return names[image.read()].tolist()


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_dataset_means_the_same_in_the_next_format(source, target, tmp_path):
    before = FORMATS[source].read(sample_sets.GOLDEN / source)
    items = dataset_items.items_of(before)
    report = export.export(items, before.classes, tmp_path / "set", ExportPlan(FORMATS[target]))
    assert (report.identical, report.failed) == (2, {})
    after = FORMATS[target].read(tmp_path / "set")
    for was, now in zip(before.images, after.images, strict=True):
        assert now.name.endswith(was.name.rsplit("/", 1)[-1])
        assert now.part is was.part
        assert now.image.is_file()
        assert meanings(after, now) == meanings(before, was)

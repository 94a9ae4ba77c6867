"""Datasets to write and read again: any label map, any class table."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from segstudio.core.classes import IGNORE_INDEX, ClassTable, LabelClass, Role
from segstudio.core.image_record import Part
from segstudio.formats.format import Format, Outgoing, Target

NAMES = st.text("abcdefghij klmnopqrstuvwxyzäß木-_", min_size=1, max_size=12).filter(
    lambda name: name == name.strip() and name.casefold() not in {"void", "background"}
)


@st.composite
def class_tables(draw, most: int = 12) -> ClassTable:
    """Any class table: numbers with gaps, colours that differ, perhaps a background."""
    names = draw(st.lists(NAMES, min_size=1, max_size=most, unique_by=str.casefold))
    indices = draw(
        st.lists(st.integers(0, 254), min_size=len(names), max_size=len(names), unique=True)
    )
    colours = draw(
        st.lists(
            st.tuples(*3 * [st.integers(0, 255)]).filter(lambda c: c not in _TAKEN),
            min_size=len(names),
            max_size=len(names),
            unique=True,
        )
    )
    rows = [LabelClass(*row) for row in zip(indices, names, colours, strict=True)]
    if draw(st.booleans()):
        rows[0] = replace(rows[0], role=Role.BACKGROUND)
    return ClassTable(tuple(rows))


_TAKEN = {(0, 0, 0), (224, 224, 192)}
"""What void or an unused background looks like somewhere."""


@st.composite
def label_maps(draw, classes: ClassTable, longest: int = 24):
    """Any label map of a table, 255 included."""
    shape = draw(st.tuples(st.integers(1, longest), st.integers(1, longest)))
    values = st.sampled_from([*classes.indices, IGNORE_INDEX])
    return draw(arrays.arrays(np.uint8, shape, elements=values, fill=values))


@st.composite
def labelled(draw):
    """A class table, and a few label maps of it."""
    classes = draw(class_tables())
    return classes, draw(st.lists(label_maps(classes), min_size=1, max_size=3))


def write(row: Format, folder, classes, maps, *, parts=(), picture=None, **options):
    """Write label maps (own class indices) as a format; return the items and the numbering.

    `picture`, if given, writes a picture file of a size (height, width) to a path.
    """
    numbered = row.number(classes)
    has_parts = bool(parts)
    folder.mkdir(parents=True, exist_ok=True)
    writer = row.begin(Target(folder, numbered.classes, has_parts, options))
    items = []
    for place, labels in enumerate(maps):
        name, part = f"image-{place}", parts[place] if has_parts else Part.NONE
        image = writer.image_file(name, part, row.image_suffix or ".png")
        if picture is not None:
            image.parent.mkdir(parents=True, exist_ok=True)
            picture(image, labels.shape)
        item = Outgoing(name, numbered.applied(labels), part, image)
        writer.write(item)
        items.append(item)
    writer.end(items)
    return writer, items, numbered

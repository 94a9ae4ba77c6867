"""Masks as pictures: what is read, what is refused before it takes memory, colours to classes."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image as PillowImage

from segstudio.core.errors import ImageError
from segstudio.formats import colour_mask


def png(values, **rest):
    stream = io.BytesIO()
    PillowImage.fromarray(np.asarray(values)).save(stream, "PNG", **rest)
    return stream.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_size_that_no_image_has_is_refused_by_the_head_alone():
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(ImageError, match=r"could not be read as a mask|over 400,000,000"):
        colour_mask.decode_picture(data, "bomb.png")


def test_numbers_of_16_bits_are_refused_and_not_cut():
    with pytest.raises(ImageError, match="8 bits a pixel"):
        colour_mask.decode_picture(png(np.array([[300]], np.uint16)), "deep.png")


def test_the_numbers_of_an_indexed_picture_are_read_and_not_its_colours():
    stream = io.BytesIO()
    picture = PillowImage.fromarray(np.array([[0, 1, 2]], np.uint8))
    picture.putpalette(bytes(range(9)) + bytes(759))
    picture.save(stream, "PNG")
    assert colour_mask.decode_picture(stream.getvalue(), "a.png").tolist() == [[0, 1, 2]]


def test_what_is_transparent_keeps_its_colour():
    rgba = np.array([[(1, 2, 3, 0)]], np.uint8)
    assert colour_mask.decode_picture(png(rgba), "a.png").tolist() == [[[1, 2, 3]]]


COLOURS = st.lists(st.tuples(*3 * [st.integers(0, 255)]), min_size=1, max_size=9, unique=True)


@given(colours=COLOURS, data=st.data())
def test_a_painted_label_map_is_resolved_again(colours, data):
    table = {colour: 254 - place for place, colour in enumerate(colours)}
    indices = np.array(sorted(table.values()), np.uint8)
    shape = data.draw(st.tuples(st.integers(1, 6), st.integers(1, 6)))
    labels = data.draw(arrays.arrays(np.uint8, shape, elements=st.sampled_from(indices)))
    painted = np.zeros((256, 3), np.uint8)
    for colour, index in table.items():
        painted[index] = colour
    picture = colour_mask.painted(labels, painted)
    assert np.array_equal(colour_mask.resolved(picture, table, "a"), labels)
    counts = colour_mask.colours_in(picture)
    assert counts == {c: int((labels == i).sum()) for c, i in table.items() if (labels == i).any()}
    assert list(counts.values()) == sorted(counts.values(), reverse=True)


def test_large_pictures_are_the_same_in_bands(monkeypatch):
    picture = np.random.default_rng(1).integers(0, 2, (40, 30, 3), np.uint8)
    table = {(r, g, b): r + 2 * g + 4 * b for r in (0, 1) for g in (0, 1) for b in (0, 1)}
    whole = colour_mask.resolved(picture, table, "a"), colour_mask.colours_in(picture)
    monkeypatch.setattr(colour_mask, "_PIXELS_AT_ONCE", 100)
    assert np.array_equal(colour_mask.resolved(picture, table, "a"), whole[0])
    assert colour_mask.colours_in(picture) == whole[1]
    assert np.array_equal(whole[0], picture @ (1, 2, 4))


def test_of_many_unknown_colours_a_few_are_listed():
    picture = np.zeros((1, 9, 3), np.uint8)
    picture[0, :, 2] = range(9)
    with pytest.raises(ImageError, match=r"\(0, 0, 1\), .*\(0, 0, 5\) and 3 more"):
        colour_mask.resolved(picture, {(0, 0, 0): 0}, "a")

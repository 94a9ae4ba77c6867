"""Arrays with a plane for each class: any order of the axes, one-hot or probabilities, no traps."""

import io
import zipfile

import format_cases
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.formats import plane_arrays
from segstudio.formats.format_table import FORMATS

ROW = FORMATS["onehot"]


def planes_of(labels, count, kind=np.uint8):
    return (labels[..., None] == np.arange(count)).astype(kind)  # (H, W, K)


def read(path, count, order=None):
    return plane_arrays.read(path, np.arange(count, dtype=np.uint8), order)


@settings(max_examples=40, deadline=None)
@given(
    data=st.data(),
    kind=st.sampled_from(["?", "u1", "i2", ">i4", "f2", "<f4", ">f8"]),
    order=st.sampled_from(plane_arrays.ORDERS),
    is_fortran=st.booleans(),
    is_packed=st.booleans(),
)
def test_any_array_is_read_as_numpy_reads_it(
    data, kind, order, is_fortran, is_packed, tmp_path_factory
):
    height, width, count = (data.draw(st.integers(1, 9)) for _ in range(3))
    values = data.draw(
        st.lists(
            st.sampled_from([*range(count), IGNORE_INDEX]),
            min_size=height * width,
            max_size=height * width,
        )
    )
    labels = np.array(values, np.uint8).reshape(height, width)
    array = planes_of(labels, count, kind)
    if order == "khw":
        array = np.moveaxis(array, -1, 0)
    array = np.asfortranarray(array) if is_fortran else np.ascontiguousarray(array)
    path = tmp_path_factory.mktemp("arrays") / ("a.npz" if is_packed else "a.npy")
    if is_packed:
        np.savez_compressed(path, names=np.array(["x"]), planes=array)
    else:
        np.save(path, array)
    assert np.array_equal(read(path, count, order), labels)


def test_the_largest_probability_wins_and_what_is_unknown_counts_for_nothing(tmp_path):
    planes = np.zeros((2, 2, 3), np.float32)
    planes[0, 0] = (0.2, 0.5, 0.3)
    planes[0, 1] = (-3, -1, -2)  # not softened yet
    planes[1, 0] = (0.2, np.nan, 0.3)
    np.save(tmp_path / "a.npy", planes)
    assert read(tmp_path / "a.npy", 3).tolist() == [[1, 1], [IGNORE_INDEX, IGNORE_INDEX]]


def test_the_axis_is_told_by_the_number_of_classes(tmp_path):
    labels = np.array([[0, 1, 2, 1], [2, 2, 0, 1]], np.uint8)
    np.save(tmp_path / "last.npy", planes_of(labels, 3))
    np.save(tmp_path / "first.npy", np.moveaxis(planes_of(labels, 3), -1, 0))
    for name in ("last.npy", "first.npy"):
        assert np.array_equal(read(tmp_path / name, 3), labels)
    with pytest.raises(ImageError, match="no axis has a plane"):
        read(tmp_path / "last.npy", 5)


def test_an_array_that_could_be_either_is_not_guessed(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((3, 7, 3), np.uint8))
    with pytest.raises(ImageError, match=r"arrays\.json"):
        read(tmp_path / "a.npy", 3)
    assert read(tmp_path / "a.npy", 3, "hwk").shape == (3, 7)
    assert read(tmp_path / "a.npy", 3, "khw").shape == (7, 3)


def test_a_pixel_of_several_classes_is_told(tmp_path):
    np.save(tmp_path / "a.npy", np.ones((2, 5, 3), np.uint8))
    with pytest.raises(ImageError, match="several classes at once"):
        read(tmp_path / "a.npy", 3)


def test_a_folder_of_others_needs_a_list_of_classes(tmp_path):
    (tmp_path / "arrays/train").mkdir(parents=True)
    labels = np.array([[0, 1]], np.uint8)
    np.savez(tmp_path / "arrays/train/a.npz", planes_of(labels, 2))
    with pytest.raises(SegstudioError, match=r"classes\.txt"):
        ROW.read(tmp_path)
    (tmp_path / "classes.txt").write_text("sky\nroad\n")
    assert np.array_equal(ROW.read(tmp_path).images[0].read(), labels)


@pytest.mark.parametrize("order", plane_arrays.ORDERS)
@pytest.mark.parametrize("file", ["npz", "npy"])
@settings(max_examples=5, deadline=None)
@given(case=format_cases.labelled())
def test_every_way_to_write_comes_back(order, file, case, tmp_path_factory):
    classes, maps = case
    folder = tmp_path_factory.mktemp("set")
    _, items, _ = format_cases.write(ROW, folder, classes, maps, order=order, file=file)
    found = {image.name: image for image in ROW.read(folder).images}
    for item in items:
        assert np.array_equal(found[item.name].read(), item.labels)


# Traps


def head(shape, kind="|u1", order=False):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": kind, "fortran_order": order, "shape": shape}
    )
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        head((10**6, 10**6, 3)),
        head((3, 30_000, 30_000)) + bytes(100),
        head((4, 4, 3), "|O") + bytes(1000),
        head((4, 4, 3), "<U9") + bytes(10_000),
        head((0, 4, 3)),
        head((-4, -4, 3)) + bytes(48),
        head((4, 4)) + bytes(16),
        head((4, 4, 3)) + bytes(47),
        b"\x93NUMPY\x03\x00" + bytes(300),
        b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65_535,
        b"\x80\x04\x95",
        b"",
    ],
)
def test_what_is_no_array_of_planes_is_refused_before_it_takes_memory(tmp_path, data):
    (tmp_path / "a.npy").write_bytes(data)
    with pytest.raises(ImageError):
        read(tmp_path / "a.npy", 3)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("a.npy", data)
    with pytest.raises(ImageError):
        read(tmp_path / "a.npz", 3)


def test_pickles_are_not_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    np.save(tmp_path / "a.npy", np.array([[[Trap()]]], object), allow_pickle=True)
    with pytest.raises(ImageError, match="kind object"):
        read(tmp_path / "a.npy", 1)
    assert not (tmp_path / "sprung").exists()


def test_two_arrays_of_planes_in_one_file_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", one=np.zeros((2, 2, 3)), two=np.zeros((2, 2, 3)))
    with pytest.raises(ImageError, match="2 arrays"):
        read(tmp_path / "a.npz", 3)

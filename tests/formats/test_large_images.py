import pytest

from segstudio.core.errors import ImageError
from segstudio.formats.images import image_size


def test_size_beyond_pillows_own_limit_can_be_opened(tmp_path) -> None:
    path = tmp_path / "wide.pgm"
    path.write_bytes(b"P5 20000 19000 255\n")  # 380 megapixels
    assert image_size(path) == (20000, 19000)


def test_more_than_400_megapixels_are_refused(tmp_path) -> None:
    path = tmp_path / "wider.pgm"
    path.write_bytes(b"P5 20000 21000 255\n")
    with pytest.raises(ImageError, match="420 megapixels"):
        image_size(path)

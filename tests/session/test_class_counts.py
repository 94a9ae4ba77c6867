"""Images and pixels of each class over a project."""

from segstudio.core.image_record import ImageRecord
from segstudio.session.class_counts import ClassCount, count_classes


def test_images_and_pixels_are_added_up_over_the_images():
    records = (
        ImageRecord("a.png", classes=((0, 10), (7, 5), (255, 85))),
        ImageRecord("b.png", classes=((7, 3),)),
        ImageRecord("c.png"),
    )
    counts = count_classes(records)
    assert counts[0] == ClassCount(1, 10)
    assert counts[7] == ClassCount(2, 8)
    assert 3 not in counts

"""Totals over the records of images, and what is lopsided in them."""

from collections import Counter
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.session.statistics import ClassTotal, Lack, imbalances, measure

CLASSES = ClassTable.named(["person", "sky", "road"])

counted = st.dictionaries(st.sampled_from([0, 1, 2, 254, 255, 256]), st.integers(0, 2**54))
records = st.lists(
    st.builds(
        ImageRecord,
        st.just("a.png"),
        state=st.sampled_from(ImageState),
        part=st.sampled_from(Part),
        classes=counted.map(lambda counts: tuple(sorted(counts.items()))),
        ink=st.one_of(st.just(()), st.tuples(*[st.integers(0, 2**40)] * 4)),
    ),
    max_size=8,
)


@given(records)
def test_totals_equal_a_plain_count(images):
    pixels, where, parts = Counter(), Counter(), Counter()
    for image in images:
        for index, count in image.classes:
            if count:
                pixels[index] += count
                where[index] += 1
                parts[index, image.part] += 1
    found = measure(images)
    assert found.classes == {i: ClassTotal(pixels[i], where[i]) for i in pixels}
    assert found.class_parts == parts
    assert found.images == len(images)
    assert found.labelled == sum(image.has_labels for image in images)
    assert found.states == Counter(image.state for image in images)
    assert found.ink == tuple(sum(i.ink[at] for i in images if i.ink) for at in range(4))


def test_unlabelled_and_ignore_have_no_class_but_are_counted():
    found = measure([ImageRecord("a", classes=((0, 10), (255, 20), (256, 30)))])
    assert found.pixels == 60
    assert found.labelled_pixels == 10


def test_progress_counts_the_days_on_which_images_were_done():
    days = [datetime(2026, 11, 3, 23, 59), datetime(2026, 11, 3, 0, 1), datetime(2026, 11, 9, 12)]
    images = [ImageRecord("a", ImageState.DONE, done_at=day.timestamp()) for day in days]
    images.append(ImageRecord("b", ImageState.CHECKED, done_at=days[0].timestamp()))
    images.append(ImageRecord("undone since", ImageState.IN_WORK, done_at=days[0].timestamp()))
    images.append(ImageRecord("no time known", ImageState.DONE))
    assert measure(images).done_by_day == ((date(2026, 11, 3), 3), (date(2026, 11, 9), 1))


def labelled(*classes, part=Part.NONE):
    return ImageRecord("a", classes=classes, part=part)


def test_a_class_in_few_images_or_of_few_pixels_is_told():
    images = [labelled((0, 1000), (2, 1))] * 9 + [labelled((0, 1000), (1, 500), (2, 1))]
    found = imbalances(measure(images), CLASSES, few_images=3, few_pixels=0.01)
    assert [(f.lack, f.index, f.images) for f in found] == [
        (Lack.IMAGES, 1, 1),
        (Lack.PIXELS, 2, 10),
    ]


def test_a_class_absent_from_a_part_that_is_used_is_told():
    images = [labelled((0, 50), (1, 50), part=Part.TRAINING)] * 8
    images += [labelled((0, 50), part=Part.TEST)] * 4
    found = imbalances(measure(images), CLASSES.without(2), few_images=1)
    assert [(f.lack, f.index, f.part) for f in found] == [(Lack.PART, 1, Part.TEST)]


def test_nothing_is_called_lopsided_before_there_is_enough_to_tell():
    assert imbalances(measure([labelled((0, 5))] * 3), CLASSES) == ()
    assert imbalances(measure([]), CLASSES) == ()

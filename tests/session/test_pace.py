"""How long the images that are left will take."""

from segstudio.session.pace import Pace

MINUTE = 60.0


def test_nothing_is_said_before_three_images_are_known():
    assert Pace([]).seconds_each() is None
    assert Pace([100, 160, 220]).seconds_each() is None
    assert Pace([100, 160, 220, 290]).seconds_each() == 60


def test_pauses_and_images_marked_in_one_go_are_left_out():
    times = [0.5, 0.6, 0.7, 100, 160, 160 + 31 * MINUTE, 220 + 31 * MINUTE, 290 + 31 * MINUTE]
    assert Pace(times).seconds_each() == 65


def test_the_last_twenty_images_count():
    slow = [1000.0 * at for at in range(1, 41)]
    fast = [40_000 + 10.0 * at for at in range(1, 21)]
    assert Pace(slow + fast).seconds_each() == 10


def test_an_image_done_and_one_that_is_no_more():
    pace = Pace([100, 160, 220])
    pace.change(0.0, 300)
    assert pace.seconds_each() == 60
    pace.change(300, 0.0)
    assert pace.seconds_each() is None

from segstudio.training import talk
from segstudio.training.talk import Talk


class Clock:
    def __init__(self):
        self.time = 1000.0

    def monotonic(self):
        return self.time


class Hand:
    """Holds a lesson up for half a minute each time."""

    should_finish = False

    def __init__(self, clock):
        self._clock = clock

    def step(self):
        self._clock.time += 30.0


def test_the_time_in_which_a_hand_went_first_is_not_the_lessons(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(talk, "time", clock)
    told = Talk(lambda _news: None, Hand(clock), ends=1045.0)
    clock.time += 10.0
    told.pause()
    told.pause()
    assert told.seconds_left == 35.0
    assert told.now() == 1010.0
    clock.time += 40.0
    assert told.seconds_left == 0.0

"""A painter that is killed at any moment loses no stroke that was acknowledged."""

import os
import random

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="painters are forked")
@pytest.mark.timeout(3600)
def test_no_acknowledged_change_is_lost_by_a_kill(workshop, request):
    kills = request.config.getoption("--kills")
    chance = random.Random(7)
    for seed in range(kills):
        told = workshop.paint_and_kill(seed, chance)
        workshop.compare(told)
    assert workshop.changes > 2 * kills, "there was hardly anything to lose"

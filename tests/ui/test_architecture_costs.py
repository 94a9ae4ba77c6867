import pytest

from segstudio.models import networks
from segstudio.ui import architecture_costs


def test_every_architecture_was_measured_on_the_encoder_that_is_here():
    costs = architecture_costs.measured()
    assert set(costs) == set(networks.ARCHITECTURES)
    for name, row in networks.ARCHITECTURES.items():
        assert ("lite0" if row.has_encoder else "") in {cost.encoder for cost in costs[name]}


@pytest.mark.parametrize("name", networks.ARCHITECTURES)
def test_the_yardstick_stands_beside_every_other(name):
    lines = architecture_costs.lines_of(name)
    assert lines
    assert any(line.startswith("plain stack: ") for line in lines) == (name != "plain")
    assert all("million weights" in line for line in lines)


def test_what_was_not_measured_has_no_line():
    assert architecture_costs.lines_of("lraspp") == []

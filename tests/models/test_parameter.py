import json

import pytest

from segstudio.models import networks
from segstudio.models.parameter import Parameter

ALL = [
    pytest.param(parameter, id=f"{name}-{parameter.name}")
    for name, row in networks.ARCHITECTURES.items()
    for parameter in row.parameters
]


@pytest.mark.parametrize("parameter", ALL)
def test_a_default_is_allowed_explained_and_survives_json(parameter):
    parameter.check(parameter.value)
    assert json.loads(json.dumps(parameter.value)) == parameter.value
    assert parameter.line.endswith(".")
    assert parameter.range


@pytest.mark.parametrize("parameter", ALL)
def test_what_is_shown_can_be_typed(parameter):
    shown = "none" if parameter.value is None else parameter.value
    text = shown if isinstance(shown, str) else json.dumps(shown)
    assert parameter.read(text) == parameter.value


def test_lists_can_be_typed_without_brackets():
    parameter = Parameter("rates", "wholes", (1,), "Rates.", 1, 9)
    assert parameter.read("3, 5") == [3, 5]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("whole", 1.5), ("whole", True), ("number", "a"), ("switch", 1), ("wholes", 3), ("whole", 99)],
)
def test_what_is_of_another_kind_or_out_of_range_is_refused(kind, value):
    with pytest.raises(ValueError, match="width"):
        Parameter("width", kind, 1, "Width.", 0, 10).check(value)


def test_one_is_not_yes():
    with pytest.raises(ValueError, match="1, 2"):
        Parameter("size", "choice", 1, "Size.", choices=(1, 2)).check(True)


def test_presets_and_what_is_typed_add_up():
    row = networks.find("unet")
    chosen = row.chosen("small", {"decoder_interpolation": "transposed"})
    assert chosen["encoder_depth"] == 4
    assert chosen["decoder_interpolation"] == "transposed"
    assert row.multiple_of(chosen) == 16
    assert row.taps_of(chosen) == (1, 2, 3, 4)
    with pytest.raises(ValueError, match="standard"):
        row.chosen("huge", {})
    with pytest.raises(ValueError, match="encoder_depth"):
        row.chosen("small", {"depth": "4"})

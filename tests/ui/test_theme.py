"""The look: contrast of every role in both themes, and that a choice takes effect."""

from dataclasses import asdict

import pytest

from segstudio.ui import theme
from segstudio.ui.style_sheet import STYLE_SHEET

GROUNDS = ("panel", "raised", "hover")
AT_LEAST = [
    *[("text", g, 5.3) for g in GROUNDS],
    *[("second", g, 5.3) for g in GROUNDS],
    ("text", "canvas", 4.6),
    ("second", "canvas", 4.6),
    *[(r, g, 4.7) for r in ("accent", "danger", "warning", "success") for g in GROUNDS],
    *[("border", g, 3.3) for g in ("panel", "raised", "hover")],
    ("on_accent", "accent", 5.9),
]


def luminance(code: str) -> float:
    parts = [int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize(("role", "ground", "least"), AT_LEAST)
def test_every_role_can_be_read_on_its_grounds(colours, role, ground, least):
    assert round(contrast(getattr(colours, role), getattr(colours, ground)), 1) >= least


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_the_canvas_ground_is_a_neutral_grey(colours):
    code = colours.canvas
    assert code[1:3] == code[3:5] == code[5:7]


def test_the_style_sheet_names_no_colour_of_its_own():
    assert "#" not in STYLE_SHEET.template.replace("QFrame#", "").replace("QWidget#", "")
    assert "$" not in STYLE_SHEET.substitute(asdict(theme.DARK))


def test_a_choice_changes_the_colours_once(appearance, qtbot):
    with qtbot.waitSignal(appearance.changed, timeout=1000):
        appearance.choose("light")
    assert theme.current() is theme.LIGHT
    with qtbot.assertNotEmitted(appearance.changed):
        appearance.choose("light")


def test_figures_are_of_equal_width(qapp):
    from PySide6.QtGui import QFont

    assert theme.font().featureValue(QFont.Tag("tnum")) == 1

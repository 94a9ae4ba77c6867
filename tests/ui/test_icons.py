"""The icon family."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from segstudio import assets
from segstudio.ui import icons, theme
from segstudio.ui.action_table import ACTIONS
from segstudio.ui.image_states import ALTERED, FLAGGED, MISSING, NOTED, STATES
from segstudio.ui.tool_table import TOOLS

FILES = sorted(path.stem for path in assets.path("icons/actions").glob("*.svg"))


@pytest.mark.parametrize("name", FILES)
def test_every_icon_is_of_the_family_and_draws_something(name, qapp):
    source = (assets.path("icons/actions") / f"{name}.svg").read_text(encoding="utf-8")
    assert 'viewBox="0 0 24 24"' in source
    assert 'stroke-width="1.5"' in source
    image = icons.image_of(name, 20, "#FF0000")
    assert any(image.pixelColor(x, y).alpha() > 100 for x in range(20) for y in range(20))


def test_every_icon_that_is_asked_for_exists():
    asked = {row.icon for row in ACTIONS if row.icon} | {tool.name for tool in TOOLS}
    asked |= {mark.icon for mark in (*STATES.values(), MISSING, ALTERED, FLAGGED, NOTED)}
    assert asked <= set(FILES)


def test_an_icon_takes_the_colour_of_the_theme_at_paint_time(appearance):
    icon = icons.icon("check")

    def strongest():
        image = icon.pixmap(QSize(48, 48)).toImage()
        pixels = (image.pixelColor(x, y) for x in range(48) for y in range(48))
        return max(pixels, key=lambda c: c.alpha()).name().upper()

    assert strongest() == theme.DARK.text
    appearance.choose("light")
    assert strongest() == theme.LIGHT.text


def test_an_icon_is_as_sharp_as_the_screen(qapp):
    pixmap = icons.icon("hand").pixmap(QSize(20, 20), 2.0)
    assert pixmap.size() == QSize(40, 40)
    assert pixmap.devicePixelRatio() == 2.0


def test_a_disabled_icon_is_dimmed(qapp):
    image = icons.icon("check").pixmap(QSize(48, 48), QIcon.Mode.Disabled).toImage()
    pixels = (image.pixelColor(x, y) for x in range(48) for y in range(48))
    assert max(pixels, key=lambda c: c.alpha()).name().upper() == theme.DARK.disabled


def test_the_program_has_an_icon(qapp):
    assert not icons.app_icon().pixmap(64, 64).isNull()

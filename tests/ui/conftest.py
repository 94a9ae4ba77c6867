"""What the tests of widgets share."""

import pytest

from segstudio.core.classes import ClassTable
from segstudio.ui import theme


@pytest.fixture(scope="session")
def appearance(qapp) -> theme.Appearance:
    """The one keeper of the theme that the application has."""
    return theme.Appearance(qapp, "dark")


@pytest.fixture(autouse=True)
def dark(appearance) -> None:
    appearance.choose("dark")


@pytest.fixture
def classes() -> ClassTable:
    return ClassTable.named(["person", "sky", "road", "tree"])


@pytest.fixture
def show(qtbot):
    """Show a widget and wait until it can have the focus."""

    def show_widget(widget):
        with qtbot.waitActive(widget):
            widget.show()
            widget.activateWindow()
        return widget

    return show_widget

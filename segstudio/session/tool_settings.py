"""The numbers of the tools that outlive the program, as settings."""

from typing import Any

from segstudio.editing.brush import Tip, TipShape
from segstudio.editing.tool_state import Reach, Shape, ToolState
from segstudio.session.settings import Settings

_PLAIN = (
    ("brush.on_screen", "on_screen"),
    ("brush.pressure", "pressure"),
    ("brush.snap", "snap"),
    ("scribble.width", "scribble_width"),
    ("scribble.refine", "refine"),
    ("wand.tolerance", "tolerance"),
    ("wand.connected", "connected"),
    ("wand.holes", "fill_holes"),
    ("superpixel.granularity", "granularity"),
    ("scissors.stiffness", "stiffness"),
    ("unsure.below", "unsure_below"),
)
"""Setting and field of `ToolState` that hold the same value."""


def kept_fields(settings: Settings) -> dict[str, Any]:
    """Return the fields of `ToolState` as they were left."""
    get = settings.get
    fields: dict[str, Any] = {field: get(name) for name, field in _PLAIN}
    return fields | {
        "tip": Tip(get("brush.size"), TipShape(get("brush.shape"))),
        "shape": Shape(get("polygon.shape")),
        "reach": Reach(get("scribble.reach")),
    }


def keep(settings: Settings, state: ToolState) -> None:
    """Note the fields that come back at the next start."""
    for name, field in _PLAIN:
        settings.set(name, getattr(state, field))
    settings.set("brush.size", state.tip.size)
    settings.set("brush.shape", state.tip.shape.value)
    settings.set("polygon.shape", state.shape.value)
    settings.set("scribble.reach", state.reach.value)

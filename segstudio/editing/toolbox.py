"""The tools that there are, by name."""

from segstudio.editing.box_cut import BoxCutTool
from segstudio.editing.brush_tool import BrushTool, EraserTool
from segstudio.editing.eyedropper import EyedropperTool
from segstudio.editing.fill import FillTool
from segstudio.editing.polygon_tool import PolygonTool
from segstudio.editing.scissors_tool import ScissorsTool
from segstudio.editing.scribble_tool import ScribbleTool
from segstudio.editing.superpixel_tool import SuperpixelTool
from segstudio.editing.tool import Tool, ToolFactory
from segstudio.editing.wand_tool import WandTool


class HandTool(Tool):
    """Moves the view, which is the canvas's own business, and changes nothing."""

    name = "hand"
    paints = False


FACTORIES: tuple[ToolFactory, ...] = (
    HandTool,
    BrushTool,
    EraserTool,
    ScribbleTool,
    PolygonTool,
    FillTool,
    WandTool,
    SuperpixelTool,
    ScissorsTool,
    BoxCutTool,
    EyedropperTool,
)

TOOLS = tuple(new_tool().name for new_tool in FACTORIES)


def new_tools() -> dict[str, Tool]:
    """Return one of each, by name."""
    return {tool.name: tool for tool in (make() for make in FACTORIES)}

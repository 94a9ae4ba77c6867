"""Every tool as a row: what rail, options bar, menus and hints show of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tool:
    """One tool.

    Attributes
    ----------
    line : str
        What it does, for its tooltip.
    group : int
        Where it stands in the rail; those of `FLYOUT` share the last place of it.
    fields : tuple of str
        What the options bar shows of it, see `tool_fields.ToolFields`.
    hints : str
        Keys and gestures, for the status bar.
    says : str
        A line in the options bar, for tools without fields.
    number : str
        The field of `ToolState` that ``[ ]`` and Shift+wheel change; empty for none.
    """

    name: str
    title: str
    key: str
    line: str
    group: int
    hints: str
    fields: tuple[str, ...] = ()
    says: str = ""
    number: str = ""

    @property
    def paints(self) -> bool:
        """Whether it changes labels, so that it keeps to what may be painted over."""
        return self.name not in ("hand", "eyedropper")


FLYOUT = 3
"""The group of the tools behind the last button of the rail."""

_BRUSH_FIELDS = ("size", "tip_shape", "snap", "brush_more")

TOOLS: tuple[Tool, ...] = (
    Tool(
        "hand",
        "Hand",
        "H",
        "Drag to pan, click to see what a pixel is.",
        0,
        "Drag: pan · Wheel: zoom · 1–9 or B: paint · Alt+click: pick class",
        says="Drag to pan. Click a pixel to see its class and who wrote it.",
    ),
    Tool(
        "brush",
        "Brush",
        "B",
        "Paint the active class. Ctrl erases, Shift draws a line.",
        0,
        "Ctrl: erase · Shift+click: line · Shift+wheel: size · Alt+click: pick class",
        _BRUSH_FIELDS,
        number="size",
    ),
    Tool(
        "eraser",
        "Eraser",
        "E",
        "Make pixels unlabelled. Ctrl paints, Shift draws a line.",
        0,
        "Ctrl: paint · Shift+click: line · Shift+wheel: size",
        _BRUSH_FIELDS,
        number="size",
    ),
    Tool(
        "scribble",
        "Scribble",
        "Q",
        "A short stroke of the right class over what is wrong. Ctrl makes it unlabelled.",
        1,
        "Drag over what is wrong · Ctrl: unlabel · Shift: line · Shift+wheel: width",
        ("scribble_width", "reach", "refine"),
        number="scribble_width",
    ),
    Tool(
        "polygon",
        "Polygon",
        "P",
        "Paint the inside of a shape. P again: the next shape. Ctrl makes it unlabelled.",
        2,
        "Click: corner · Enter or double-click: close · Backspace: back · Ctrl: unlabel"
        " · Shift: 45° · P: next shape",
        ("shape",),
    ),
    Tool(
        "fill",
        "Fill",
        "G",
        "Give a region the active class. Ctrl makes it unlabelled.",
        2,
        "Click: fill region · Shift: all of its class · Ctrl: make unlabelled",
        ("fill_all",),
    ),
    Tool(
        "wand",
        "Wand",
        "W",
        "Choose pixels of similar colour. Shift adds, Ctrl removes, Enter applies.",
        2,
        "Click: choose · Drag right: more · Shift: add · Ctrl: remove · Enter: apply",
        ("tolerance", "connected", "fill_holes"),
        number="tolerance",
    ),
    Tool(
        "superpixel",
        "Superpixel",
        "S",
        "Paint pieces of the image that belong together. Ctrl erases.",
        FLYOUT,
        "Drag: paint pieces · Ctrl: erase · Shift+click: line · Shift+wheel: granularity",
        ("granularity",),
        number="granularity",
    ),
    Tool(
        "scissors",
        "Scissors",
        "L",
        "Follow an edge from click to click. Enter closes, Ctrl makes it unlabelled.",
        FLYOUT,
        "Click: anchor · Enter or double-click: close · Backspace or Ctrl+click on it: take back",
        ("stiffness",),
        number="stiffness",
    ),
    Tool(
        "box_cut",
        "Box cut",
        "R",
        "Find the thing in a box. Drag over what it missed, with Ctrl over what is too much.",
        FLYOUT,
        "Drag: box, then what was missed · Ctrl+drag: too much · Enter: apply · Esc: discard",
        says="Drag a box around one thing. Then drag over what was missed, Ctrl over too much.",
    ),
    Tool(
        "eyedropper",
        "Eyedropper",
        "I",
        "Pick the class under the cursor.",
        FLYOUT,
        "Click: take the class under the cursor",
        says="Click a pixel to make its class the active one.",
    ),
)

_SHAPE_HINTS = {
    "freehand": "Drag: around it · Ctrl: unlabel · P: next shape",
    "rectangle": "Drag: rectangle · Shift: square · Ctrl: unlabel · P: next shape",
    "ellipse": "Drag: ellipse · Shift: circle · Ctrl: unlabel · P: next shape",
}

_BY_NAME = {tool.name: tool for tool in TOOLS}


def hints(tool: str, shape: str) -> str:
    """Return keys and gestures of a tool, which for the polygon depend on its shape."""
    own = find(tool).hints
    return _SHAPE_HINTS.get(shape, own) if tool == "polygon" else own


def find(name: str) -> Tool:
    """Return the row of a tool."""
    return _BY_NAME[name]

"""Every action of the program as a row: its name, words, keys, menu and icon."""

from dataclasses import dataclass

from segstudio.ui.region_table import REGION_ROWS
from segstudio.ui.tool_table import TOOLS

MENUS = ("File", "Edit", "View", "Labels", "Model", "Dataset", "Help")


@dataclass(frozen=True)
class ActionRow:
    """One action.

    Attributes
    ----------
    menu : str
        The menu it is in, with its submenu after a slash: ``View/Overlay``.
    section : int
        A line parts the sections of a menu.
    choice : str
        Actions of one choice exclude each other.
    keys : tuple of str
        The first one is shown in the menu.
    """

    name: str
    text: str
    keys: tuple[str, ...]
    menu: str
    section: int
    line: str
    icon: str = ""
    checkable: bool = False
    choice: str = ""


def _row(
    name: str, text: str, keys: str, menu: str, section: int, line: str, icon: str = ""
) -> ActionRow:
    return ActionRow(name, text, tuple(keys.split()), menu, section, line, icon)


def _switch(name: str, text: str, keys: str, menu: str, section: int, line: str) -> ActionRow:
    return ActionRow(name, text, tuple(keys.split()), menu, section, line, checkable=True)


def _choice(
    choice: str, name: str, text: str, keys: str, menu: str, section: int, line: str, icon: str = ""
) -> ActionRow:
    split = tuple(keys.split())
    return ActionRow(name, text, split, menu, section, line, icon, checkable=True, choice=choice)


_FILE = (
    _row("open_images", "Open images…", "Ctrl+O", "File", 0, "Open one or more.", "open-image"),
    _row("open_folder", "Open folder…", "Ctrl+U", "File", 0, "With all below it.", "open-folder"),
    _row(
        "open_project",
        "Open project…",
        "Ctrl+Shift+O",
        "File",
        0,
        "With its images.",
        "open-project",
    ),
    _row("find_moved", "Find moved images…", "", "File", 0, "Those not where they were."),
    _row("save", "Save now", "Ctrl+S", "File", 1, "Labels are saved by themselves too.", "save"),
    _row("export", "Export…", "Ctrl+E", "File", 1, "Write images and masks.", "export"),
    _row("save_copy", "Save a copy…", "Ctrl+Shift+S", "File", 2, "Of the project, elsewhere."),
    _row("pack", "Pack to send…", "", "File", 2, "Project and images in one file."),
    _row("merge_copy", "Merge another copy…", "", "File", 2, "Of the same images, by others."),
    _row("compact", "Compact", "", "File", 2, "Make the project file smaller."),
    _row("recover", "Recover project…", "", "File", 2, "Make a damaged one whole again."),
    _row("quit", "Quit", "Ctrl+Q", "File", 3, "Everything is saved before."),
)

_REGIONS = tuple(
    _row(row.name, f"{row.text}…", "", "Edit/Region operations", row.section, row.line)
    for row in REGION_ROWS
)

_EDIT = (
    _row("undo", "Undo", "Ctrl+Z", "Edit", 0, "Take back the last step.", "undo"),
    _row("redo", "Redo", "Ctrl+Shift+Z Ctrl+Y", "Edit", 0, "Do it again.", "redo"),
    _row("undo_class_step", "Undo class step", "", "Edit", 0, "A merge or delete, in all images."),
    _row(
        "take_labels",
        "Take labels from previous image",
        "Ctrl+D",
        "Edit",
        1,
        "Into what is unlabelled here.",
    ),
    *_REGIONS,
    _row("apply", "Apply", "Return Enter", "Edit", 2, "Make a step of what waits for it."),
    _row("back", "Take back the last point", "Backspace", "Edit", 2, "Of a shape being drawn."),
    _row("cancel", "Cancel", "Esc", "Edit", 2, "Leave what has begun, back to the canvas."),
)

_OVERLAY, _LAYERS, _PANELS, _GO = "View/Overlay", "View/Layers", "View/Panels", "View/Go to"
_VIEW = (
    _row("fit", "Fit", "F", "View", 0, "Show the whole image.", "fit"),
    _row("actual_size", "100 %", "Ctrl+0", "View", 0, "One image pixel on one screen pixel."),
    _row("zoom_in", "Zoom in", "Ctrl++ Ctrl+=", "View", 0, "At the middle.", "zoom-in"),
    _row("zoom_out", "Zoom out", "Ctrl+-", "View", 0, "At the middle.", "zoom-out"),
    _switch("keep_zoom", "Keep zoom", "", "View", 0, "For images of the same size."),
    _switch("overlay", "Show labels", "V", _OVERLAY, 0, "Hold the key to peek below them."),
    _row("overlay_style", "Fill, outline, both", "C", _OVERLAY, 0, "The next way to draw labels."),
    _row("less_opacity", "Less opacity", ",", _OVERLAY, 0, "By 10 %."),
    _row("more_opacity", "More opacity", ".", _OVERLAY, 0, "By 10 %."),
    _switch(
        "overlay_safe", "Colour-blind-safe", "", _OVERLAY, 1, "Classes keep their own colours."
    ),
    _switch("layer_confidence", "Confidence", "U", _LAYERS, 0, "Violet where the model is unsure."),
    _switch("layer_ink", "Ink", "", _LAYERS, 0, "Who wrote each pixel."),
    _switch("layer_difference", "Difference", "", _LAYERS, 0, "Where the model said otherwise."),
    _row("next_layer", "Next layer", "Shift+U", _LAYERS, 1, "Ink, difference, none."),
    _switch("adjust_image", "Adjust image…", "", "View", 1, "Brighter, steeper; only to look at."),
    _switch("navigator", "Navigator", "", "View", 1, "The whole of a large image, zoomed in."),
    _switch("panel_images", "Images", "Alt+1", _PANELS, 0, "The images at the left."),
    _switch("panel_classes", "Classes", "Alt+2", _PANELS, 0, "The classes at the right."),
    _switch("panel_model", "Model", "Alt+3", _PANELS, 0, "The model at the right."),
    _switch("panel_history", "History", "Alt+4", _PANELS, 0, "The steps at the right."),
    _switch("panel_statistics", "Statistics", "Alt+5", _PANELS, 0, "The numbers at the right."),
    _row("reset_layout", "Reset layout", "", _PANELS, 0, "Every panel at its own size again."),
    _row("next_part", "Next part", "F6", _PANELS, 1, "Take the keyboard to the next part."),
    _row("previous_part", "Previous part", "Shift+F6", _PANELS, 1, "And to the one before."),
    _row("next_image", "Next image", "D PgDown", _GO, 0, "Changes are kept.", "arrow-next"),
    _row(
        "previous_image", "Previous image", "A PgUp", _GO, 0, "Changes are kept.", "arrow-previous"
    ),
    _row("next_open", "Next not done", "Shift+D Ctrl+Shift+D", _GO, 1, "Past those done."),
    _row("previous_open", "Previous not done", "Shift+A Ctrl+Shift+A", _GO, 1, "Past those done."),
    _row("first_image", "First image", "Home", _GO, 2, "Of the list."),
    _row("last_image", "Last image", "End", _GO, 2, "Of the list."),
    _row("find_images", "Find images…", "Ctrl+F", _GO, 3, "By name, class, note and more."),
    _row("next_unsure", "Next unsure place", "Tab", _GO, 4, "That nobody has touched."),
    _row("previous_unsure", "Previous unsure place", "Shift+Tab", _GO, 4, "Back to it."),
    _choice("theme", "theme_system", "As the system", "", "View/Theme", 0, "Follow the system."),
    _choice("theme", "theme_dark", "Dark", "", "View/Theme", 0, "Light text on dark ground."),
    _choice("theme", "theme_light", "Light", "", "View/Theme", 0, "Dark text on light ground."),
    _switch("zen", "Only the canvas", "F9", "View", 2, "Hide bars and panels."),
    _switch("full_screen", "Full screen", "F11", "View", 2, "Use the whole screen."),
)

_LABELS = (
    *(
        _choice(
            "tool", f"tool_{tool.name}", tool.title, tool.key, "Labels", 0, tool.line, tool.name
        )
        for tool in TOOLS
    ),
    _switch("snap", "Snap to edges", "N", "Labels", 1, "When a stroke of the brush ends."),
    _row("smaller", "Smaller", "[ -", "Labels", 1, "The number of the tool, by a tenth."),
    _row("larger", "Larger", "] + =", "Labels", 1, "The number of the tool, by a tenth."),
    _row("paint_over", "Paint over…", "K", "Labels", 1, "Which pixels a stroke may change."),
    _row("class_picker", "Choose class…", "/ Ctrl+K", "Labels/Class", 0, "Find it by typing."),
    _row("next_class", "Next class", "Down", "Labels/Class", 0, "In the order of the list."),
    _row("previous_class", "Previous class", "Up", "Labels/Class", 0, "In the order of the list."),
    _row("swap_class", "Swap with the last class", "X", "Labels/Class", 0, "To and fro.", "swap"),
    _row("lock_class", "Lock or unlock", "Shift+L", "Labels/Class", 1, "Keep it as it is.", "lock"),
    _row("hide_class", "Hide or show", "Shift+H", "Labels/Class", 1, "Not drawn.", "eye"),
    _row("rename_class", "Rename class", "F2", "Labels/Class", 2, "In the list, in place."),
    _row("add_class", "Add class…", "", "Labels/Class", 2, "One more for the list.", "plus"),
    _switch("done", "Mark done", "T", "Labels", 3, "No machine changes it then."),
    _row("done_and_next", "Done, and next", "Shift+Return Shift+Enter", "Labels", 3, "Go on."),
    _row("labels_fit", "Labels fit the changed image", "", "Labels", 3, "Take away its mark."),
    _switch("checked", "Mark checked", "", "Labels", 3, "A second look found it good."),
    _switch("skip", "Skip", "", "Labels", 3, "Not to be labelled, and not exported."),
    _row("note", "Note…", "M", "Labels", 3, "A few words on this image, and a flag.", "note"),
    _row("who_made", "Who made this pixel…", "", "Labels", 4, "A click on the image answers."),
)

_MODEL = (
    _row(
        "segment",
        "Segment",
        "Ctrl+Return Ctrl+Enter",
        "Model",
        0,
        "Run the model on this image. What you painted stays.",
        "segment",
    ),
    _row("segment_view", "Segment this view", "", "Model", 0, "Only what is seen of the image."),
    _row("segment_unlabelled", "Segment only unlabelled", "", "Model", 0, "Labels there stay."),
    _row("segment_all", "Segment all…", "Ctrl+B", "Model", 1, "Many images in the background."),
    _row("batch_errors", "Background work…", "", "Model", 1, "How far it is."),
    _row("teach", "Teach…", "Ctrl+T", "Model", 2, "Let the model learn from your labels."),
    _row("versions", "Model versions…", "", "Model", 2, "Those taught here, and the way back."),
    _row("models", "Models…", "", "Model", 3, "Those here, and those to be fetched or imported."),
    _row("match_classes", "Match classes…", "", "Model", 3, "The model's classes to yours."),
)

_DATASET = (
    _row("edit_classes", "Edit classes…", "", "Dataset", 0, "Names, keys, colours, roles."),
    _row("import_classes", "Import classes…", "", "Dataset", 0, "Add what a list has more."),
    _row("export_classes", "Export class list…", "", "Dataset", 0, "For other programs."),
    _row("statistics", "Statistics", "", "Dataset", 1, "Classes, progress, imbalance."),
    _row("evaluate", "Evaluate…", "", "Dataset", 1, "A model against the images that are done."),
    _row(
        "first_looks",
        "How good is the model…",
        "",
        "Dataset",
        1,
        "Its first maps, beside what you made of them.",
    ),
    _row("export_areas", "Export areas…", "", "Dataset", 1, "By class and image, as a table."),
)

_HELP = (
    _row("keys", "Keys", "?", "Help", 0, "All keys on one sheet.", "keys"),
    _row("architectures", "Architectures…", "", "Help", 0, "How each kind of network works."),
    _row("check", "Check this computer…", "", "Help", 1, "What is installed, and what is missing."),
    _row("log", "Log…", "", "Help", 1, "What happened, in lines."),
    _row("about", "About segstudio", "", "Help", 2, "Version and licence.", "info"),
)

ACTIONS: tuple[ActionRow, ...] = (
    *_FILE,
    *_EDIT,
    *_VIEW,
    *_LABELS,
    *_MODEL,
    *_DATASET,
    *_HELP,
)

GESTURES: tuple[tuple[str, str], ...] = (
    ("1 … 9", "Class by its key"),
    ("Ctrl+1 … 9", "10th to 18th class"),
    ("0", "Ignore"),
    ("Space, held", "Pan"),
    ("Wheel", "Zoom at the cursor"),
    ("Shift+wheel", "Size, tolerance, granularity"),
    ("Shift+arrows", "Pan by a tenth"),
    ("V, held", "Peek below the labels"),
    ("J, held", "Labels before the last step"),
    ("Ctrl, held", "The opposite: erase, or paint with the eraser"),
    ("Shift, held", "Straight line, square, all regions; with the wand: add"),
    ("Alt+click", "Pick the class under the cursor"),
    ("Alt+drag", "Size of the brush, where the desktop leaves it free"),
)
"""Keys and gestures that are no actions, for the sheet of keys."""

"""The operations on regions in words: names, what they do, their number, what came of them."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True)
class RegionRow:
    """One operation.

    Attributes
    ----------
    name : str
        As in `editing.region_operations.OPERATIONS`.
    size, no_limit : str
        What its number says, and what 0 says.
    target : str
        What its second class is called.
    things : (one, many)
        What is counted, if anything.
    done : str
        What is told afterwards, with ``{amount}``.
    """

    name: str
    text: str
    line: str
    section: int
    done: str
    size: str = ""
    no_limit: str = ""
    target: str = ""
    things: tuple[str, str] | None = None


_HOLES, _ISLANDS = ("1 hole", "%s holes"), ("1 island", "%s islands")

REGION_ROWS = (
    RegionRow(
        "fill_holes",
        "Fill holes",
        "What a class surrounds becomes that class.",
        0,
        "{amount} filled",
        size="Holes of at most",
        no_limit="any size",
        things=_HOLES,
    ),
    RegionRow(
        "remove_islands",
        "Remove islands",
        "Small pieces become what is nearest around them.",
        0,
        "{amount} removed",
        size="Smaller than",
        things=_ISLANDS,
    ),
    RegionRow(
        "keep_largest",
        "Keep the largest region",
        "The other regions of the class become what is around them.",
        0,
        "{amount} removed",
        things=_ISLANDS,
    ),
    RegionRow(
        "smooth_boundaries",
        "Smooth boundaries",
        "A pixel becomes what most of its neighbourhood is.",
        1,
        "Smoothed: {amount}",
        size="Smoothness",
    ),
    RegionRow("grow", "Grow a class", "Into what is around it.", 1, "{amount} gained", size="By"),
    RegionRow(
        "shrink",
        "Shrink a class",
        "Its rim becomes what is around it.",
        1,
        "{amount} given away",
        size="By",
    ),
    RegionRow(
        "ignore_band",
        "Ignore along boundaries",
        "A band between classes becomes Ignore.",
        1,
        "{amount} made Ignore",
        size="Each side",
    ),
    RegionRow(
        "replace_class",
        "Replace a class",
        "All of it becomes another class.",
        2,
        "{amount} replaced",
        target="Becomes",
    ),
    RegionRow(
        "swap_classes",
        "Swap two classes",
        "Each becomes the other.",
        2,
        "{amount} swapped",
        target="With",
    ),
    RegionRow(
        "fill_unlabelled",
        "Fill unlabelled",
        "From the nearest class.",
        2,
        "{amount} filled",
        size="At most away",
        no_limit="any distance",
    ),
)
BY_NAME = {row.name: row for row in REGION_ROWS}


def amount(row: RegionRow, things: int, pixels: int) -> str:
    """Return how much it is, such as “12 holes · 340 px”."""
    words = _tr("%s px") % f"{pixels:,}"
    if row.things is None:
        return words
    one, many = row.things
    counted = _tr(one) if things == 1 else _tr(many) % f"{things:,}"
    return f"{counted} · {words}"


def done_text(name: str, things: int, pixels: int) -> str:
    """Return what is told of a step, such as “12 holes filled”."""
    row = BY_NAME[name]
    words = amount(row, things, pixels).split(" · ")[0]
    return _tr(row.done).format(amount=words)


def translated(text: str) -> str:
    """Return a text of the table in the language of the program."""
    return _tr(text)


def _tr(text: str) -> str:
    return QCoreApplication.translate("region_table", text)

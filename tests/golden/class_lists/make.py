"""Writes the lists that this program writes: ``python tests/golden/class_lists/make.py``.

Run it only when a format is meant to change, and look at the difference. The lists of other
programs beside them are written by hand.
"""

from pathlib import Path

from segstudio.core.classes import ClassTable, Role
from segstudio.formats import class_lists

HERE = Path(__file__).parent
FILES = ("ours.json", "ours.txt", "ours.csv", "labelmap.txt")
CLASSES = (
    ClassTable.named(["background", "sky", "unused", "Straße", "tree, bush"])
    .without(2)
    .moved(3, 1)
    .changed(0, role=Role.BACKGROUND, colour=(0, 0, 0))
    .changed(3, description="with its kerb", key="9")
)


def main() -> None:
    """Write the files anew."""
    for name in FILES:
        class_lists.write(HERE / name, CLASSES)


if __name__ == "__main__":
    main()

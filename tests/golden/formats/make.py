"""Writes the datasets beside this file: ``python tests/golden/formats/make.py [NAME ...]``.

Run it only when a format is meant to change, and look at the difference. What other programs wrote
is not made here.
"""

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

import sample_sets

from segstudio.formats.format_table import FORMATS


def main() -> None:
    """Write the folders anew."""
    for name in sys.argv[1:] or sample_sets.NAMES:
        folder = sample_sets.GOLDEN / name
        shutil.rmtree(folder, ignore_errors=True)
        sample_sets.write(FORMATS[name], folder)


if __name__ == "__main__":
    main()

"""``python -m segstudio`` and the console script."""

import multiprocessing
import sys

from segstudio.cli import main as cli


def main() -> int:
    """Run the program and return its exit code."""
    # A frozen bundle starts its child processes through this very file.
    multiprocessing.freeze_support()
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())

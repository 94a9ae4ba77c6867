"""``python -m segstudio`` and the console script."""

import sys

from segstudio.cli import main as cli


def main() -> int:
    """Run the program and return its exit code."""
    if getattr(sys, "frozen", False):
        # A frozen bundle starts its child processes through this very file.
        import multiprocessing

        multiprocessing.freeze_support()
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())

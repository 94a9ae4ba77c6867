"""Which model a command uses."""

import argparse
import sys
from pathlib import Path


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add ``--model``."""
    parser.add_argument(
        "--model",
        metavar="NAME|FILE",
        help="a model of segstudio models list, or a model file (default: the default model)",
    )


def model_file(chosen: str | None) -> Path:
    """Return the file of the model that was named, or of the default one.

    A licence that does not let it be used for money is told.

    Raises
    ------
    ModelError
        When there is no such model.
    """
    from segstudio.models import catalogue, checkpoint

    default, told = catalogue.default_model()
    path = catalogue.find(chosen or default)
    if told and not chosen:
        print(f"segstudio: {told}", file=sys.stderr)
    spec = checkpoint.read_spec(path)
    if not spec.is_commercial:
        print(
            f"segstudio: {spec.title or spec.name} is not for commercial use. "
            f"Licence: {spec.licence or 'not stated'}",
            file=sys.stderr,
        )
    return path

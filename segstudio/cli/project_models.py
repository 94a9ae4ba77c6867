"""``segstudio project versions`` and ``export-model``: the models that a project was taught."""

import argparse
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.cli import options
from segstudio.cli.command import DONE, Command
from segstudio.cli.project_file import add_path, opened
from segstudio.core.errors import SegstudioError

if TYPE_CHECKING:
    from segstudio.core.model_version import ModelVersion

SUFFIX = ".safetensors"


def versions(arguments: argparse.Namespace) -> int:
    """List the models that were taught."""
    with opened(arguments.path) as project:
        found = project.versions()
    if arguments.json:
        options.print_json({"models": [dataclasses.asdict(version) for version in found]})
    elif not found:
        print("No model was taught in this project.")
    else:
        headings = ("number", "title", "name", "mIoU before", "after", "images", "MB", "made")
        options.print_table(headings, [_cells(version) for version in found])
    return DONE


def export_model(arguments: argparse.Namespace) -> int:
    """Write a model that was taught to a file."""
    from segstudio.core import atomic

    with opened(arguments.path) as project:
        version = _named(project.versions(), arguments.model)
        target = _target(arguments.out, version.name)
        atomic.write_bytes(target, project.version_content(version.number))
    if arguments.json:
        options.print_json({"path": str(target), "name": version.name, "number": version.number})
    else:
        print(f"{version.title} written to {target}.")
    return DONE


def _named(found: Sequence["ModelVersion"], wanted: str) -> "ModelVersion":
    """Return the version of a number, a name or a title that only one of them has."""
    ways = (lambda v: str(v.number), lambda v: v.name, lambda v: v.title)
    for way in ways:
        fitting = [version for version in found if way(version) == wanted]
        if len(fitting) == 1:
            return fitting[0]
    known = ", ".join(f"{v.number} ({v.name})" for v in found) or "none was taught in it"
    raise SegstudioError(f"The project has no single model {wanted}. Models: {known}.")


def _target(out: Path | None, name: str) -> Path:
    target = Path.cwd() if out is None else out
    target = target / f"{name}{SUFFIX}" if target.is_dir() else target
    if target.exists():
        raise SegstudioError(f"{target} is there already. Choose another file.")
    return target


def _cells(version: "ModelVersion") -> tuple[str, ...]:
    return (
        str(version.number),
        version.title,
        version.name,
        _share(version.before),
        _share(version.after),
        str(len(version.training)),
        f"{version.size_bytes / 1e6:.1f}",
        time.strftime("%Y-%m-%d %H:%M", time.localtime(version.made_at)),
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _add_export(parser: argparse.ArgumentParser) -> None:
    add_path(parser)
    parser.add_argument("model", metavar="NUMBER|NAME", help="as project versions lists them")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE|DIR",
        help="what to write (default: NAME.safetensors in this folder)",
    )


COMMANDS: tuple[Command, ...] = (
    Command("versions", "List the models that were taught in a project", add_path, versions),
    Command("export-model", "Write a taught model to a file", _add_export, export_model),
)
"""The sub-commands of models, in the order in which the help lists them."""

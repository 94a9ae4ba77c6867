"""``segstudio models``: the models that come with the program."""

import argparse
from typing import TYPE_CHECKING, Any

from segstudio.cli import options
from segstudio.cli.command import DONE, Command

if TYPE_CHECKING:
    from segstudio.models.catalogue import ModelEntry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    options.add_json(parser, "one JSON object per model")


def run(arguments: argparse.Namespace) -> int:
    """List the models."""
    from segstudio.models import catalogue

    entries = catalogue.embedded()
    if arguments.json:
        for entry in entries:
            options.print_json(_as_json(entry))
        return DONE
    options.print_table(
        ("model", "classes", "size", "mIoU", "network"), [_as_row(entry) for entry in entries]
    )
    for entry in entries:
        print(f"\n{entry.name}: {', '.join(c.name for c in entry.spec.classes)}")
        if entry.spec.note:
            print(f"  {entry.spec.note}")
    return DONE


def _as_json(entry: "ModelEntry") -> dict[str, Any]:
    from segstudio.models.spec import as_dict

    return {"file": entry.path.name, "bytes": entry.path.stat().st_size, **as_dict(entry.spec)}


def _as_row(entry: "ModelEntry") -> tuple[str, str, str, str, str]:
    spec = entry.spec
    miou = spec.metrics.get("miou")
    return (
        entry.name,
        str(len(spec.classes)),
        f"{entry.path.stat().st_size / 1e6:.1f} MB",
        f"{miou:.3f}" if isinstance(miou, float) else "-",
        f"{spec.architecture} on {spec.encoder}, short side {spec.short_side}",
    )


COMMAND = Command("models", "List the models that come with the program", add_arguments, run)

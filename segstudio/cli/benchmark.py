"""``segstudio benchmark``: measures the program on this machine, beside what it is built on."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from segstudio.cli import options
from segstudio.cli.benchmarks.figure import NAPARI, Plan
from segstudio.cli.benchmarks.table import ALL, BENCHMARKS, find
from segstudio.cli.command import DONE, NOTHING, PARTLY, Command
from segstudio.core.errors import SegstudioError

_COLUMNS = "{:<34} {:>10} {:<8} {:>10} {:>6} {:>11}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"what to measure; {ALL} measures everything"
    )
    parser.add_argument("--list", action="store_true", help="list the names and what they measure")
    parser.add_argument(
        "--small",
        action="store_true",
        help="tiny images and few repeats: to try the command, not to measure",
    )
    parser.add_argument(
        "--images",
        type=Path,
        metavar="DIR",
        help="folder of labelled images, for effort, quality, refine and heads",
    )
    parser.add_argument(
        "--masks", type=Path, metavar="DIR", help="their label maps, as for segstudio evaluate"
    )
    parser.add_argument(
        "--model",
        metavar="NAME|FILE",
        help="for effort and refine; none for no model, effort only (default: scenes)",
    )
    parser.add_argument(
        "--train",
        default="",
        metavar="ARGUMENTS",
        help="how heads are trained, in the words of segstudio train, such as "
        '"--frozen --steps 200"; without --architecture each of four',
    )
    options.add_json(parser, "one JSON object per figure")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print each figure as soon as it is known."""
    if arguments.list:
        options.print_table(("name", "measures"), [(row.name, row.summary) for row in BENCHMARKS])
        return DONE
    if not arguments.names:
        raise SegstudioError(f"Name what to measure, or {ALL}; see segstudio benchmark --list.")
    names = list(dict.fromkeys(arguments.names))
    if ALL in names:
        names = [row.name for row in BENCHMARKS if not row.needs_images]
    rows = [find(name) for name in names]
    if not arguments.json:
        print(_COLUMNS.format("figure", "value", "unit", "goal", "holds", "reference"))
    if len(rows) == 1:
        named = arguments.images, arguments.masks, arguments.model, arguments.train
        plan = Plan(arguments.small, *named)
        for figure in rows[0].load()(plan):
            _show(figure.as_json(), as_json=arguments.json)
        return DONE
    failed = [row.name for row in rows if not _in_own_process(row.name, arguments)]
    return DONE if not failed else NOTHING if len(failed) == len(rows) else PARTLY


def _in_own_process(name: str, arguments: argparse.Namespace) -> bool:
    """Run one benchmark where no other has filled memory, caches or cores before it."""
    command = [sys.executable, "-m", "segstudio", "benchmark", name, "--json"]
    if arguments.small:
        command.append("--small")
    for option in ("images", "masks", "model", "train"):
        if getattr(arguments, option):
            command.append(f"--{option}={getattr(arguments, option)}")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as child:
        for content in _objects(child):
            _show(content, as_json=arguments.json)
    return child.returncode == 0


def _objects(child: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    assert child.stdout is not None
    for line in child.stdout:
        yield json.loads(line)


def _show(content: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        options.print_json(content)
        return
    reference = content["reference"]
    goal, sign = content["goal"], ">=" if content["detail"].get("more_is_better") else "<="
    line = _COLUMNS.format(
        content["name"],
        f"{content['value']:g}",
        content["unit"],
        "-" if goal is None else f"{sign} {goal:g}",
        "-" if goal is None else "yes" if content["holds"] else "no",
        "-" if reference is None else f"{reference:g}",
    )
    napari = content["detail"].get(NAPARI)
    beside = "" if napari is None else f"   napari without drawing: {napari:g}"
    print(line + beside, flush=True)


COMMAND = Command("benchmark", "Measure the program on this machine", add_arguments, run)

"""``segstudio project merge``: take from another copy of a project what only it has."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.cli import options
from segstudio.cli.command import DONE, NOTHING, PARTLY
from segstudio.core.errors import SegstudioError

if TYPE_CHECKING:
    from segstudio.project.merging import MergeItem, MergePlan
    from segstudio.project.taking import Outcome

STOP = "stop"
NAME = "merge"
SUMMARY = "Take from another copy of a project what only it has"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("path", type=Path, metavar="PATH", help="the project, or its folder")
    parser.add_argument(
        "other", type=Path, metavar="OTHER", help="another copy of it, which is only read"
    )
    parser.add_argument(
        "--conflicts",
        choices=("mine", "theirs", "both", STOP),
        default=STOP,
        help="what becomes of images that both labelled: both keeps what a person painted in PATH "
        "and takes OTHER elsewhere; stop (the default) lists them and changes nothing",
    )
    options.add_json(parser, "one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Merge, and print what was taken and how far both agree where they differ."""
    from segstudio.core import places
    from segstudio.project.images_root import is_project_file, root_of
    from segstudio.project.location import FILE_NAME
    from segstudio.project.merge_state import Choice
    from segstudio.project.merging import compare, open_copy
    from segstudio.project.project import Project
    from segstudio.project.taking import apply

    path: Path = arguments.path
    is_file = is_project_file(path)
    root = root_of(path) if is_file else path
    project = Project(root, places.user_folder(), path if is_file else None)
    try:
        if not project.exists:
            raise SegstudioError(f"There is no project in {path}. Name a folder with {FILE_NAME}.")
        theirs = open_copy(arguments.other, project, places.user_folder())
        try:
            plan = compare(project, theirs)
            stopped = arguments.conflicts == STOP and bool(plan.conflicts)
            outcomes: tuple[Outcome, ...] = ()
            if not stopped:
                choice = Choice.MINE if arguments.conflicts == STOP else Choice(arguments.conflicts)
                choices = {item.name: choice for item in plan.conflicts}
                outcomes = apply(plan, choices, project, theirs)
        finally:
            theirs.close()
    finally:
        project.end()
    if arguments.json:
        options.print_json(_as_json(plan, outcomes, stopped=stopped))
    else:
        _print_report(plan, outcomes, stopped=stopped)
    if stopped:
        return NOTHING
    return PARTLY if plan.left_out or any(outcome.problem for outcome in outcomes) else DONE


def _as_json(
    plan: "MergePlan", outcomes: "tuple[Outcome, ...]", *, stopped: bool
) -> dict[str, Any]:
    return {
        "stopped": stopped,
        "taken": len(plan.taken),
        "conflicts": len(plan.conflicts),
        "only_mine": plan.only_mine,
        "same": plan.same,
        "left_out": len(plan.left_out),
        "new_classes": list(plan.classes.added),
        "their_class_steps": list(plan.classes.their_steps),
        "models": [version.name for version in plan.models],
        "images": [_row(plan, item, outcome) for item, outcome in _told(plan, outcomes)],
    }


def _told(
    plan: "MergePlan", outcomes: "tuple[Outcome, ...]"
) -> "list[tuple[MergeItem, Outcome | None]]":
    """Return the images that there is something to say of."""
    done = {outcome.name: outcome for outcome in outcomes}
    told = (item for item in plan.items if item.is_taken or item.is_conflict or item.problem)
    return [(item, done.get(item.name)) for item in told]


def _row(plan: "MergePlan", item: "MergeItem", outcome: "Outcome | None") -> dict[str, Any]:
    row: dict[str, Any] = {"image": item.name, "conflict": item.is_conflict}
    if item.their_name != item.name:
        row["their_name"] = item.their_name
    if outcome is not None:
        row |= {
            "labels": str(outcome.choice) if item.is_conflict or outcome.steps else "same",
            "steps": outcome.steps,
            "fields": list(outcome.fields),
        }
    if item.by_date:
        row["later_change_wins"] = list(item.by_date)
    found = item.agreement
    if found is not None:
        row |= {
            "iou": _number(found.miou),
            "kappa": _number(found.kappa),
            "pixels_compared": found.pixels,
            "pixels_in_one_only": found.one_sided,
        }
        if found.worst is not None:
            row["worst_class"] = plan.classes.table.name_of(found.worst)
            row["worst_iou"] = _number(float(found.iou[found.worst]))
    problem = item.problem or (outcome.problem if outcome is not None else "")
    return row | ({"problem": problem} if problem else {})


def _print_report(plan: "MergePlan", outcomes: "tuple[Outcome, ...]", *, stopped: bool) -> None:
    told = [_row(plan, item, outcome) for item, outcome in _told(plan, outcomes)]
    if told:
        headings = ("image", "labels", "steps", "also", "IoU", "kappa", "worst class")
        options.print_table(headings, [_cells(row) for row in told])
    if plan.classes.added:
        print(f"New classes: {', '.join(plan.classes.added)}")
    if plan.classes.their_steps:
        print(f"Merged or deleted there, not here: {', '.join(plan.classes.their_steps)}")
    if plan.models:
        print(f"Taught models from there: {', '.join(v.title for v in plan.models)}")
    print(
        f"{len(plan.taken)} images only the other copy touched, {len(plan.conflicts)} conflicts, "
        f"{plan.only_mine} only this one touched, {plan.same} the same, "
        f"{len(plan.left_out)} left out"
    )
    for row in told:
        if "problem" in row:
            print(f"{row['image']}: {row['problem']}")
        if "later_change_wins" in row:
            fields = ", ".join(row["later_change_wins"])
            print(f"{row['image']}: both set {fields}; the later change wins.")
    if stopped:
        print("Nothing was changed. Choose with --conflicts mine, theirs or both.")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    worst = f"{row['worst_class']} {row['worst_iou']:.2f}" if "worst_class" in row else ""
    unsolved = "conflict" if row["conflict"] else "left out" if "problem" in row else ""
    return (
        row["image"],
        unsolved if "problem" in row else row.get("labels", unsolved),
        str(row.get("steps", "")),
        ", ".join(row.get("fields", ())),
        _shown(row, "iou"),
        _shown(row, "kappa"),
        worst,
    )


def _shown(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else f"{value:.2f}"


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value

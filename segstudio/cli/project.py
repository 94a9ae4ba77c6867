"""``segstudio project``: what can be done to a project file without a window."""

import argparse
import dataclasses
from collections import Counter

from segstudio.cli import options, project_merge, project_models
from segstudio.cli.command import DONE, PARTLY, Command
from segstudio.cli.project_file import add_path, file_of, opened
from segstudio.core import places


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    rows = parser.add_subparsers(metavar="WHAT", dest="what", required=True)
    for command in COMMANDS:
        added = rows.add_parser(
            command.name, help=command.summary, description=f"{command.summary}."
        )
        command.add_arguments(added)
        added.set_defaults(work=command.run)


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command."""
    code: int = arguments.work(arguments)
    return code


def info(arguments: argparse.Namespace) -> int:
    """Say what is in a project."""
    from segstudio.project import backups

    with opened(arguments.path) as project:
        records = project.records().values()
        table = project.classes()
        content = {
            "file": str(project.file),
            "bytes": project.file.stat().st_size,
            "images": len(records),
            "states": dict(Counter(record.state.value for record in records)),
            "labelled": sum(record.has_labels for record in records),
            "missing": sum(record.is_missing for record in records),
            "classes": [entry.name for entry in table] if table is not None else [],
            "class_steps": [step.title for step in project.class_steps()],
            "steps": project.steps_since(0),
            "models": [version.title for version in project.versions()],
            "held_by": project.held_by,
            "backups": [backup.title for backup in backups.found_in(project.backups)],
        }
    if arguments.json:
        options.print_json(content)
        return DONE
    for key, value in content.items():
        print(f"{key.replace('_', ' ')}: {_words(value)}")
    return DONE


def check(arguments: argparse.Namespace) -> int:
    """Check a project down to the last step."""
    from segstudio.project import checking

    file = file_of(arguments.path)
    findings = checking.check(file)
    if arguments.json:
        found = [dataclasses.asdict(finding) for finding in findings]
        options.print_json({"file": str(file), "whole": not findings, "findings": found})
    elif not findings:
        print(f"{file} is whole.")
    else:
        for finding in findings:
            print(f"{finding.image or file.name}: {finding.text}")
        print(f"What can be read is made whole again by: segstudio project repair {file}")
    return PARTLY if findings else DONE


def repair(arguments: argparse.Namespace) -> int:
    """Recover a damaged project."""
    from segstudio.project import repair as repairing
    from segstudio.project.location import backups_of

    file = file_of(arguments.path)
    repaired = repairing.repair(file, backups_of(file, places.user_folder()))
    bad = [outcome for outcome in repaired.outcomes if not outcome.is_whole]
    if arguments.json:
        options.print_json(
            {
                "file": str(file),
                "kept_as": str(repaired.kept_as),
                "backup": str(repaired.backup.path) if repaired.backup else None,
                "images": [dataclasses.asdict(outcome) for outcome in repaired.outcomes],
                "remarks": list(repaired.remarks),
            }
        )
    else:
        print(repaired.report(), end="")
    return PARTLY if bad else DONE


def compact(arguments: argparse.Namespace) -> int:
    """Make a project file smaller."""
    from segstudio.project import compacting

    with opened(arguments.path) as project:
        found = compacting.compact(project, report=lambda _done, _total: None)
    if arguments.json:
        options.print_json(dataclasses.asdict(found))
        return DONE
    print(f"{found.before / 1e6:.2f} MB before, {found.after / 1e6:.2f} MB after.")
    if found.class_steps:
        print(f"{found.class_steps} merged or deleted classes are permanent now.")
    return DONE


def _words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{count} {name}" for name, count in value.items()) or "-"
    return str(value) if value != "" else "-"


COMMANDS: tuple[Command, ...] = (
    Command("info", "Say what is in a project", add_path, info),
    Command("check", "Check pages, steps and label maps of a project", add_path, check),
    Command("repair", "Make a damaged project whole again", add_path, repair),
    Command("compact", "Make a project file smaller", add_path, compact),
    *project_models.COMMANDS,
    Command(
        project_merge.NAME, project_merge.SUMMARY, project_merge.add_arguments, project_merge.run
    ),
)
"""Every sub-command, in the order in which the help lists them."""

COMMAND = Command(
    "project",
    "Inspect, check, repair, compact and merge projects, and take models out of them",
    add_arguments,
    run,
)

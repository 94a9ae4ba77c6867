"""``segstudio doctor``: whether everything is there that the program needs."""

import argparse
from collections.abc import Callable
from dataclasses import asdict

from segstudio.cli import options, program_checks, system_checks
from segstudio.cli.command import DONE, PARTLY, Command
from segstudio.cli.system_checks import Finding

CHECKS: tuple[Callable[[], Finding], ...] = (
    system_checks.check_python,
    # Before anything imports Qt: where a library is missing, that import fails or aborts.
    system_checks.check_libraries,
    system_checks.check_qt,
    system_checks.check_binding,
    system_checks.check_second_qt,
    program_checks.check_torch,
    program_checks.check_crf,
    program_checks.check_models,
    system_checks.check_folders,
    system_checks.check_shared_memory,
)
"""Every check, in the order in which they run."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    options.add_json(parser, "one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Run every check, print what it found, and tell whether there was an error."""
    findings: list[Finding] = []
    for check in CHECKS:
        findings.append(check())
        if not arguments.json:
            _print_finding(findings[-1])
    errors = sum(finding.status == "error" for finding in findings)
    if arguments.json:
        options.print_json({"ok": not errors, "checks": [asdict(f) for f in findings]})
    return PARTLY if errors else DONE


def _print_finding(finding: Finding) -> None:
    print(f"{finding.status:8} {finding.name}: {finding.text}", flush=True)
    if finding.cure:
        print(f"{'':8} → {finding.cure}", flush=True)


COMMAND = Command("doctor", "Check this installation and say how to mend it", add_arguments, run)

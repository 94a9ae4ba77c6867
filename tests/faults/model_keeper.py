"""A child that keeps one model after the other in a project until somebody kills it.

It prints the number of each version once the project says that it is stored; the next one is then
on its way already.
"""

import sys
from pathlib import Path

from taught import content, version

from segstudio.project.project import Project

BYTES = 3_000_000


def main() -> None:
    """Keep models in the folder that the command line names."""
    folder = Path(sys.argv[1])
    project = Project(folder, folder / "home")
    number = len(project.versions())
    waiting = []
    while True:
        number += 1
        name = f"model-{number}"
        waiting.append((number, project.keep_version(version(name), content(name, BYTES))))
        if len(waiting) > 1:
            told, ticket = waiting.pop(0)
            assert ticket.wait(60)
            sys.stdout.write(f"{told}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()

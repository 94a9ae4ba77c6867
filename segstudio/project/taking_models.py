"""Taking taught models, and what models first made of images, from another copy."""

from dataclasses import replace

from segstudio.core.errors import StorageError
from segstudio.project.merging import MergePlan, stored
from segstudio.project.project import Project
from segstudio.project.reader import Reader


def take_models(plan: MergePlan, mine: Project, theirs: Reader) -> dict[str, str]:
    """Add their models after those here, with new numbers, and their first looks.

    Returns
    -------
    dict of str to str
        By title of a model that could not be taken, why.

    Raises
    ------
    StorageError
        When this project cannot be changed.
    """
    problems = {}
    for version in plan.models:
        try:
            content = theirs.version_content(version.number)
        except StorageError as error:
            problems[version.title] = str(error)
            continue
        stored(mine, mine.keep_version(version, content))
    looks = {look.name: look for look in theirs.first_looks()}
    for name, their_name in plan.first_looks:
        labels = theirs.first_look_map(their_name)
        if labels is not None:
            look = replace(looks[their_name], name=name)
            stored(mine, mine.keep_first_look(look, plan.classes.mapping.labels(labels)))
    return problems

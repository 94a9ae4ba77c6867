"""What a comparison of two copies found, in words."""

from PySide6.QtCore import QCoreApplication

from segstudio.project.merging import MergePlan


def head_line(plan: MergePlan) -> str:
    """Return the counts, such as ``12 images only they touched, 3 conflicts, 225 the same``."""
    parts = [
        _counted(
            len(plan.taken), _tr("1 image only they touched"), _tr("%d images only they touched")
        ),
        _counted(len(plan.conflicts), _tr("1 conflict"), _tr("%d conflicts")),
        _counted(plan.only_mine, _tr("1 only I touched"), _tr("%d only I touched")),
        _counted(plan.same, _tr("1 the same"), _tr("%d the same")),
    ]
    return ", ".join(filter(None, parts)) or _tr("The other copy has no images.")


def second_line(plan: MergePlan) -> str:
    """Return what else is worth knowing: new classes, what is left out, what the date decided."""
    parts = []
    added = plan.classes.added
    if added:
        parts.append(_tr("New classes from there: %s.") % ", ".join(added))
    if plan.classes.their_steps:
        steps = ", ".join(plan.classes.their_steps)
        parts.append(_tr("Merged or deleted there, not here: %s.") % steps)
    if plan.models:
        one, several = _tr("Taught model from there: %s."), _tr("Taught models from there: %s.")
        titles = ", ".join(version.title for version in plan.models)
        parts.append((one if len(plan.models) == 1 else several) % titles)
    left_out = plan.left_out
    if left_out:
        one, several = _tr("1 image is left out"), _tr("%d images are left out")
        parts.append(f"{_counted(len(left_out), one, several)}: {left_out[0].problem}")
    dated = [item for item in plan.items if item.by_date]
    if dated:
        one = _tr("State, note or part differ on 1 image: the later change wins.")
        several = _tr("State, note or part differ on %d images: the later change wins.")
        parts.append(_counted(len(dated), one, several))
    return " ".join(parts)


def merge_button(images: int, plan: MergePlan) -> str:
    """Return what the button says that merges so many images, and models."""
    if not images and plan.models:
        return _counted(len(plan.models), _tr("Take 1 model"), _tr("Take %d models"))
    return _tr("Merge 1 image") if images == 1 else _tr("Merge %d images") % images


def merged_line(images: int, problems: int, models: int = 0) -> str:
    """Return what a merge did."""
    parts = [
        _counted(images, _tr("1 image merged"), _tr("%d images merged")),
        _counted(models, _tr("1 taught model taken"), _tr("%d taught models taken")),
    ]
    text = ", ".join(filter(None, parts)) or _tr("Nothing was merged")
    if problems:
        text += ", " + _counted(problems, _tr("1 could not be"), _tr("%d could not be"))
    return text + "."


def _counted(count: int, one: str, several: str) -> str:
    """Return the words for a number; empty for none."""
    return "" if not count else one if count == 1 else several % count


def _tr(text: str) -> str:
    return QCoreApplication.translate("MergeDialog", text)

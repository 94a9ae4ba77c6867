"""The class table of a model from elsewhere, of which only names are known, or not even those."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from segstudio import assets
from segstudio.core.classes import MAX_CLASSES, ClassTable, Role, read_classes
from segstudio.core.errors import ModelError

_BACKGROUND_NAMES = frozenset({"background", "bg"})

_KNOWN_SHARE = 0.5
"""Of so many names at the same place a list of classes is taken to be the one that is known."""


def default_names(count: int) -> tuple[str, ...]:
    """Return names for the outputs of a model that says nothing about them."""
    if count == 2:
        return "background", "foreground"
    return tuple(f"class {k}" for k in range(count))


def usable(names: Iterable[str], file_name: str) -> tuple[str, ...]:
    """Return names that a class table can hold: none empty, no two alike.

    Raises
    ------
    ModelError
        When there are none, or more than a label map can tell apart.
    """
    given = [" ".join(str(name).split()) for name in names]
    check_count(len(given), file_name)
    taken: set[str] = set()
    kept = []
    for number, name in enumerate(given):
        spelled_out = "background" if name.startswith("_") and _is_background(name) else name
        base = spelled_out or f"class {number}"
        free, again = base, 2
        while free.casefold() in taken:
            free, again = f"{base} {again}", again + 1
        taken.add(free.casefold())
        kept.append(free)
    return tuple(kept)


def check_count(count: int, file_name: str) -> None:
    """Refuse a model whose classes a label map cannot hold.

    Raises
    ------
    ModelError
    """
    if count < 1:
        raise ModelError(f"{file_name} tells no classes apart.")
    if count > MAX_CLASSES:
        raise ModelError(
            f"{file_name} tells {count} classes apart; a label map holds at most {MAX_CLASSES}. "
            "Use a model with fewer classes."
        )


def table(names: Sequence[str]) -> ClassTable:
    """Return the table of these names, in the colours of a list that is known where it is one."""
    known = _known_list(tuple(name.casefold() for name in names))
    if known is not None:
        return renamed(known, names)
    result = ClassTable.named(names)
    for entry in result:
        if _is_background(entry.name):
            result = result.changed(entry.index, role=Role.BACKGROUND, colour=(0, 0, 0))
    return result


def renamed(classes: ClassTable, names: Sequence[str]) -> ClassTable:
    """Return the table with other names, by place."""
    return replace(
        classes,
        classes=tuple(
            replace(entry, name=name) for entry, name in zip(classes, names, strict=True)
        ),
    )


def _is_background(name: str) -> bool:
    return name.strip("_").casefold() in _BACKGROUND_NAMES


def _known_list(names: tuple[str, ...]) -> ClassTable | None:
    for known in _known_lists():
        alike = sum(
            entry.name.casefold() == name for entry, name in zip(known, names, strict=False)
        )
        if len(known) == len(names) and alike >= _KNOWN_SHARE * len(names):
            return known
    return None


@lru_cache(maxsize=1)
def _known_lists() -> tuple[ClassTable, ...]:
    return tuple(read_classes(path) for path in sorted(assets.path("classes").glob("*.json")))

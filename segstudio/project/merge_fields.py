"""What two copies say of an image beside its labels, made one."""

from typing import Any

from segstudio.core.image_record import ImageRecord, ImageState, Part

_UNSET: dict[str, object] = {
    "state": ImageState.NEW,
    "flagged": False,
    "note": "",
    "part": Part.NONE,
}
_WAY = list(ImageState)


def merged_fields(mine: ImageRecord, theirs: ImageRecord) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the fields to take from theirs, and those that the later date decided.

    What only one has set is taken. Where both have, in different ways, the copy wins in which the
    image was changed or marked done later; where that was never, the state farther on.
    """
    taken: dict[str, Any] = {}
    by_date = []
    for field, unset in _UNSET.items():
        here, there = getattr(mine, field), getattr(theirs, field)
        if here == there or there == unset:
            continue
        if here == unset:
            taken[field] = there
            continue
        theirs_wins = _later(mine, theirs, field)
        if theirs_wins:
            taken[field] = there
        # That work which has begun goes on is nothing to tell.
        loser = mine if theirs_wins else theirs
        if field != "state" or loser.state.is_finished:
            by_date.append(field)
    if "state" in taken:
        taken["done_at"] = theirs.done_at
    return taken, tuple(by_date)


def _later(mine: ImageRecord, theirs: ImageRecord, field: str) -> bool:
    here, there = (max(r.changed_at, r.done_at) for r in (mine, theirs))
    if here == there and field == "state":
        return _WAY.index(theirs.state) > _WAY.index(mine.state)
    return there > here

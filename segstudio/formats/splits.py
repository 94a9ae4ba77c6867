"""What datasets call their parts."""

from segstudio.core.image_record import Part

NAME_OF_PART = {
    Part.NONE: "default",
    Part.TRAINING: "train",
    Part.VALIDATION: "val",
    Part.TEST: "test",
}

_BEGINNINGS = (
    ("train", Part.TRAINING),
    ("val", Part.VALIDATION),
    ("dev", Part.VALIDATION),
    ("test", Part.TEST),
)


def part_of(name: str) -> Part:
    """Return the part that a name such as ``train2017`` or ``validation`` stands for, if any."""
    low = name.casefold()
    return next((part for start, part in _BEGINNINGS if low.startswith(start)), Part.NONE)

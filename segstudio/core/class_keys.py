"""Which key picks which class: those chosen by hand first, the rest in the order of the classes."""

from segstudio.core.classes import ClassTable

KEYS: tuple[str, ...] = (
    *(str(digit) for digit in range(1, 10)),
    *(f"Ctrl+{digit}" for digit in range(1, 10)),
)
"""The keys of classes in the order in which they are given out; 0 is Ignore's."""


def keys_of(table: ClassTable) -> dict[int, str]:
    """Return the key of each class by its index; empty for classes that get none.

    Of two classes that want one key the first in the order has it; the other one is given a key
    like those that want none.
    """
    keys: dict[int, str] = {}
    for entry in table:
        if entry.key in KEYS and entry.key not in keys.values():
            keys[entry.index] = entry.key
    free = iter([key for key in KEYS if key not in keys.values()])
    return {index: keys[index] if index in keys else next(free, "") for index in table.indices}


def class_at_key(table: ClassTable, key: str) -> int | None:
    """Return the index of the class that a key picks; None when it picks none."""
    return next((index for index, its in keys_of(table).items() if its == key), None)


def with_key(table: ClassTable, index: int, key: str) -> ClassTable:
    """Return the table with a key chosen by hand for one class, taken from any that had it.

    Parameters
    ----------
    key : str
        One of `KEYS`; empty to let the class follow the order again.
    """
    assert not key or key in KEYS
    for entry in table:
        if key and entry.key == key:
            table = table.changed(entry.index, key="")
    return table.changed(index, key=key)

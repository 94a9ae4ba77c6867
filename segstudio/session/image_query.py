"""The words and terms that a person types to find images."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from segstudio.core.image_record import ImageRecord, ImageState, Part

Test = Callable[[ImageRecord], bool]

_TERMS = re.compile(r'(?:"[^"]*"?|[^\s"])+')
_COMPARISON = re.compile(r"unsure(>=|<=|>|<)(\d+(?:[.,]\d+)?)%?")
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True)
class Term:
    """One thing that an image must have, or must not.

    Attributes
    ----------
    word : str
        Casefolded, to be found in the name; used where there is no test.
    test : callable or None
        What the record must fulfil.
    negated : bool
        Whether the images that have it are the ones left out.
    """

    word: str = ""
    test: Test | None = None
    negated: bool = False


def parse(text: str, classes: Mapping[str, int] | None = None) -> tuple[Term, ...]:
    """Take a search apart; every text is understood, what is no term is a word.

    Parameters
    ----------
    text : str
        Such as ``street class:person unsure>30 -note:"too dark"``.
    classes : mapping of str to int, optional
        Class indices by name.
    """
    return tuple(_term(part, classes or {}) for part in _TERMS.findall(text.casefold()))


def _term(part: str, classes: Mapping[str, int]) -> Term:
    negated = len(part) > 1 and part.startswith("-")
    whole = part[1:] if negated else part
    test = _comparison(whole) or _field(whole, classes)
    return Term("" if test else whole.replace('"', ""), test, negated)


def _comparison(whole: str) -> Test | None:
    found = _COMPARISON.fullmatch(whole)
    if found is None:
        return None
    compare = _OPERATORS[found[1]]
    limit = float(found[2].replace(",", ".")) / 100

    def test(record: ImageRecord) -> bool:
        # Only a Segment says how unsure it was.
        return record.model != "" and compare(record.unsure, limit)

    return test


def _field(whole: str, classes: Mapping[str, int]) -> Test | None:
    name, colon, value = whole.partition(":")
    value = value.replace('"', "")
    if not colon or not (value or name == "note"):
        return None
    if name == "class":
        return _has_class(value, classes)
    make = _FIELDS.get(name)
    return make(value) if make is not None else None


def _has_class(value: str, classes: Mapping[str, int]) -> Test:
    wanted = frozenset(i for name, i in classes.items() if value in name.casefold())

    def test(record: ImageRecord) -> bool:
        for index, _ in record.classes:  # noqa: SIM110 - any() takes three times as long
            if index in wanted:
                return True
        return False

    return test


def _note(value: str) -> Test:
    if not value:
        return lambda record: record.note != ""
    return lambda record: value in record.note.casefold()


def _model(value: str) -> Test:
    return lambda record: value in record.model.casefold()


def _author(value: str) -> Test:
    return lambda record: value in record.author.casefold()


def _part(value: str) -> Test:
    parts = frozenset(p for p in Part if p is not Part.NONE and p.value.startswith(value))
    return lambda record: record.part in parts


def _state(value: str) -> Test:
    states = frozenset(
        state
        for state in ImageState
        if state.value.startswith(value)
        or any(word.startswith(value) for word in state.value.split())
    )
    return lambda record: record.state in states


_FIELDS: dict[str, Callable[[str], Test]] = {
    "note": _note,
    "model": _model,
    "author": _author,
    "part": _part,
    "state": _state,
}

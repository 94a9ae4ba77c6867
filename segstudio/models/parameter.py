"""One argument of an architecture: what it may be, and what it does in a line."""

import json
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["whole", "number", "choice", "switch", "wholes"]
"""An integer, a number, one of some values, yes or no, a list of integers."""


@dataclass(frozen=True)
class Parameter:
    """One argument.

    Attributes
    ----------
    name : str
    kind : Kind
    default : int, float, bool, str, None or tuple of int
    line : str
        What it does.
    least, most : float
        Of a number, or of each number of a list.
    choices : tuple
        Of a choice.
    lengths : tuple of int
        Fewest and most numbers of a list.
    """

    name: str
    kind: Kind
    default: Any
    line: str
    least: float = 0
    most: float = 0
    choices: tuple[Any, ...] = ()
    lengths: tuple[int, int] = (1, 8)

    @property
    def value(self) -> Any:
        """The default as a JSON type."""
        return list(self.default) if self.kind == "wholes" else self.default

    @property
    def range(self) -> str:
        """What is allowed, in words."""
        if self.kind == "switch":
            return "true or false"
        if self.kind == "choice":
            return ", ".join("none" if c is None else str(c) for c in self.choices)
        if self.kind == "wholes":
            fewest, most = self.lengths
            count = str(fewest) if fewest == most else f"{fewest} to {most}"
            return f"{count} numbers, each {self.least:g} to {self.most:g}"
        return f"{self.least:g} to {self.most:g}"

    def check(self, value: Any) -> None:
        """Refuse what is not allowed.

        Raises
        ------
        ValueError
            With a sentence that says what is allowed.
        """
        if not self._allows(value):
            raise ValueError(f"“{self.name}” must be {self.range}, not {json.dumps(value)}.")

    def read(self, text: str) -> Any:
        """Return the value that a person typed.

        Raises
        ------
        ValueError
            With a sentence that says what is allowed.
        """
        if self.kind == "choice":
            typed = {"none" if c is None else str(c): c for c in self.choices}
            if text in typed:
                return typed[text]
        try:
            value = json.loads(f"[{text}]" if self.kind == "wholes" and "[" not in text else text)
        except ValueError:
            value = text
        self.check(value)
        return value

    def _allows(self, value: Any) -> bool:
        if self.kind == "switch":
            return isinstance(value, bool)
        if self.kind == "choice":
            # 1 and True are equal but not the same
            return any(value == c and type(value) is type(c) for c in self.choices)
        if self.kind == "wholes":
            fewest, most = self.lengths
            return (
                isinstance(value, list | tuple)
                and fewest <= len(value) <= most
                and all(self._is_within(v, int) for v in value)
            )
        return self._is_within(value, int if self.kind == "whole" else (int, float))

    def _is_within(self, value: Any, kinds: Any) -> bool:
        fits = isinstance(value, kinds) and not isinstance(value, bool)
        return fits and self.least <= value <= self.most

"""What the session tells the person: one sentence and what can be done about it."""

from dataclasses import dataclass
from enum import StrEnum


class NoticeKind(StrEnum):
    """Where a notice shows: a banner stays until it is closed, a toast goes by itself."""

    BANNER = "banner"
    ERROR = "error"
    TOAST = "toast"


@dataclass(frozen=True)
class Notice:
    """One sentence for the person.

    Attributes
    ----------
    actions : tuple of (name, text)
        Names of rows of the action table, and what their buttons say; at most two.
    """

    text: str
    kind: NoticeKind = NoticeKind.BANNER
    actions: tuple[tuple[str, str], ...] = ()

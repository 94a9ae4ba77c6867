"""How right the machine was at first, image by image, as people found when they were done."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segstudio.core.first_look import FirstLook

if TYPE_CHECKING:  # the session owns this part of itself
    from segstudio.session.session import Session


class FirstLooks(QObject):
    """Keeps the machine's map of each untouched image, and scores it once the image is done."""

    changed = Signal()
    """`all` is another."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._looks: dict[str, FirstLook] = {}

    @property
    def all(self) -> tuple[FirstLook, ...]:
        """Those that were scored, in the order of the work: by when their images were done."""
        scored = [look for look in self._looks.values() if look.scored_at]
        return tuple(sorted(scored, key=lambda look: look.scored_at))

"""The models that were taught in a project, and which of them is in use."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segstudio.core.model_version import ModelVersion

if TYPE_CHECKING:  # the session owns this part of itself
    from segstudio.session.session import Session


class Versions(QObject):
    """Keeps every accepted model of a project; none is ever written over."""

    changed = Signal()
    """`all` or `current` is another."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self.all: tuple[ModelVersion, ...] = ()
        """The oldest first."""
        self._session = session

    @property
    def current(self) -> ModelVersion | None:
        """The version that segments now; None while another model does."""
        name = self._session.settings.get("model.name")
        return next((version for version in self.all if version.name == name), None)

    def use(self, number: int) -> None:
        """Segment with a version from now on."""

    def remove(self, number: int) -> None:
        """Delete a version that is not in use."""

    def keep_in_my_models(self, number: int) -> None:
        """Copy a version to the person's own models, for other projects."""

"""What a place that keeps steps has to offer to the work on images that are not open."""

from collections.abc import Mapping
from typing import Any, Protocol

from segstudio.core.arrays import Confidence
from segstudio.core.image_record import ImageRecord
from segstudio.core.patch import Patch
from segstudio.project.store import StoredLabels


class LabelKeeper(Protocol):
    """Keeps labels, steps and small values; `load` may be called in any thread."""

    held_by: str

    def load(self, name: str, size: tuple[int, int] | None = None) -> StoredLabels | None:
        """Return the labels of an image, with all steps that were handed over before."""

    def keep_step(self, record: ImageRecord, patch: Patch) -> object:
        """Keep one more step of an image, and what is known of the image after it."""

    def keep_confidence(self, name: str, confidence: Confidence) -> object:
        """Keep how sure the model was."""

    def value(self, key: str, default: Any) -> Any:
        """Return a small value."""

    def keep_value(self, key: str, content: Mapping[str, Any] | list[str] | None) -> object:
        """Keep a small value."""

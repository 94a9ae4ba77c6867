"""Settings that belong to a project: what keeps them, and which ones there are."""

from typing import Any, Protocol

from segstudio.core.errors import SegstudioError
from segstudio.formats.statistics_csv import PixelSize, parse_pixel_size

PIXEL_SIZE = "pixel_size"


class ProjectValues(Protocol):
    """A place that keeps small values by name."""

    def value(self, key: str, default: Any) -> Any:
        """Return what is kept, or the default."""

    def keep_value(self, key: str, value: Any) -> None:
        """Keep a value."""


def pixel_size(values: ProjectValues | None) -> PixelSize | None:
    """Return the size of a pixel; None where it is not known or cannot be understood."""
    kept = values.value(PIXEL_SIZE, None) if values is not None else None
    if not isinstance(kept, dict):
        return None
    try:
        return parse_pixel_size(f"{kept.get('size')} {kept.get('unit')}")
    except SegstudioError:
        return None


def keep_pixel_size(values: ProjectValues, size: PixelSize | None) -> None:
    """Keep the size of a pixel, or that it is not known."""
    kept = {"size": size.size, "unit": size.unit} if size is not None else None
    values.keep_value(PIXEL_SIZE, kept)

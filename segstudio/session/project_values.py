"""Settings that belong to a project, as values."""

from segstudio.core.errors import SegstudioError
from segstudio.formats.statistics_csv import PixelSize, parse_pixel_size
from segstudio.project.project import Project

PIXEL_SIZE = "pixel_size"


def pixel_size(project: Project | None) -> PixelSize | None:
    """Return the size of a pixel; None where it is not known or cannot be understood."""
    kept = project.value(PIXEL_SIZE, None) if project is not None else None
    if not isinstance(kept, dict):
        return None
    try:
        return parse_pixel_size(f"{kept.get('size')} {kept.get('unit')}")
    except SegstudioError:
        return None


def keep_pixel_size(project: Project, size: PixelSize | None) -> None:
    """Keep the size of a pixel, or that it is not known."""
    kept = {"size": size.size, "unit": size.unit} if size is not None else None
    project.keep_value(PIXEL_SIZE, kept)

"""Where the bundled files are: in a checkout, in an installed wheel, in a frozen bundle."""

from functools import lru_cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


@lru_cache(maxsize=1)
def root() -> Path:
    """Return the folder that holds icons, models and samples.

    An installed wheel and a frozen bundle carry it inside the package, a checkout beside it.
    """
    inside = _PACKAGE / "resources"
    return inside if inside.is_dir() else _PACKAGE.parent / "resources"


def path(relative: str) -> Path:
    """Return the path of one bundled file or folder, such as ``models/scenes.safetensors``."""
    return root() / relative

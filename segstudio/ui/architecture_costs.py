"""What each architecture costs, as it was measured with ``segstudio benchmark models --json``."""

import json
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QLocale

from segstudio import assets

YARDSTICK = "plain"
ENCODERS = {"lite0": "EfficientNet-Lite0", "resnet50": "ResNet-50"}
"""Those that a line tells about: the small one that is here, and the usual large one."""

_CONTEXT = "architecture_costs"


@dataclass(frozen=True)
class ArchitectureCost:
    """What one image costs on one encoder.

    Attributes
    ----------
    encoder : str
        Empty for what stands on none.
    parameters : int
        Weights that are learned.
    seconds : float
        Of computing, on all cores together.
    memory_bytes : int
        Beyond the weights, at its highest.
    """

    encoder: str
    parameters: int
    seconds: float
    memory_bytes: int


@lru_cache(maxsize=1)
def measured() -> dict[str, tuple[ArchitectureCost, ...]]:
    """Return what was measured of each architecture on a processor; nothing where it is absent."""
    path = assets.path("models/architectures.jsonl")
    if not path.is_file():
        return {}
    costs: dict[str, tuple[ArchitectureCost, ...]] = {}
    for line in path.read_text("utf-8").splitlines():
        detail = json.loads(line)["detail"]
        if "cpu_ms" not in detail or detail["half"]:
            continue
        cost = ArchitectureCost(
            detail["encoder"],
            detail["parameters"],
            detail["cpu_ms"] / 1000,
            detail["memory_bytes"],
        )
        name = detail["architecture"]
        costs[name] = (*costs.get(name, ()), cost)
    return costs


def lines_of(architecture: str) -> list[str]:
    """Return a line for each encoder that is told about, and one for the yardstick beside them."""
    known = measured()
    told = [c for c in known.get(architecture, ()) if c.encoder in ("", *ENCODERS)]
    lines = [_line(ENCODERS.get(cost.encoder, ""), cost) for cost in told]
    if told and architecture != YARDSTICK:
        lines += [_line(_tr("plain stack"), cost) for cost in known.get(YARDSTICK, ())]
    return lines


def _line(name: str, cost: ArchitectureCost) -> str:
    locale = QLocale()
    millions = cost.parameters / 1e6
    figures = _tr(
        "{weights} million weights, {seconds} s of computing and {memory} MB at 512 x 512"
    )
    words = figures.format(
        weights=locale.toString(millions, "f", 1 if millions >= 1 else 2),
        seconds=locale.toString(cost.seconds, "f", 2),
        memory=locale.toString(round(cost.memory_bytes / 1e6)),
    )
    return f"{name}: {words}" if name else words


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)

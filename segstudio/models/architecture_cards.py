"""What can be chosen of each architecture, in words."""

from typing import Any

from segstudio.core.architecture_info import ArchitectureInfo, ParameterInfo
from segstudio.models import networks, titles
from segstudio.models.architecture import Architecture


def everything() -> tuple[ArchitectureInfo, ...]:
    """Return what can be chosen of each row of the table."""
    return tuple(_card(name, row) for name, row in networks.ARCHITECTURES.items())


def _card(name: str, row: Architecture) -> ArchitectureInfo:
    return ArchitectureInfo(
        name,
        tuple(ParameterInfo(p.name, _words(p.value), p.range, p.line) for p in row.parameters),
        tuple((preset, _chosen(arguments)) for preset, arguments in row.presets.items()),
        tuple(titles.of_encoder(encoder) for encoder in row.encoders),
    )


def _chosen(arguments: dict[str, Any]) -> str:
    return ", ".join(f"{name} {_words(value)}" for name, value in arguments.items())


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else str(value)

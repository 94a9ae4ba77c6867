"""Models of every kind, for tests of what is shown of them."""

from dataclasses import replace

from segstudio.core.model_info import ModelInfo

LICENCE = "CC BY-NC 4.0"


def every_kind(first: ModelInfo) -> tuple[ModelInfo, ...]:
    """The one that comes with the program, own ones, a damaged one, and one to be fetched."""
    first = replace(first, is_default=True, size_bytes=1_400_000, architecture_name="deeplabv3plus")
    numbers = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}
    own = replace(first, kind="own", is_default=False, **numbers)
    afar = replace(own, path="", kind="published", is_installed=False, size_bytes=13_100_000)
    return (
        first,
        replace(own, name="mine", title="Mine", miou=0.25),
        replace(own, name="nc", title="Museum", licence=LICENCE, is_commercial=False),
        replace(own, name="broken", title="Broken", problem="It ends too early."),
        replace(afar, name="voc", title="VOC"),
    )

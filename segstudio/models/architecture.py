"""One row of the table of architectures: everything that is known of a network beside its code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from segstudio.models.network import SegmentationNetwork
from segstudio.models.parameter import Parameter

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Architecture:
    """One row of the table.

    Attributes
    ----------
    title : str
        As in the literature.
    factory : callable
        Takes encoder name, number of classes, channels and the arguments; returns a network.
    stride : callable
        From the arguments to the number that heights and widths have to be multiples of.
    reads : callable
        From the arguments to the numbers of the encoder's maps that the decoder reads.
    parameters : tuple of Parameter
        All that can be chosen.
    presets : dict of str to dict
        Arguments that differ from the defaults, by name of the preset.
    encoders : tuple of str
        Those that suit it best, as in `segstudio.models.encoder_table`.
    has_context : bool
        Whether a pixel's result depends on the whole image, so that tiles differ from the whole.
    has_encoder : bool
        Whether it stands on an encoder of the table, which may bring its own weights.
    library_class : str
        Its class in segmentation-models-pytorch; empty where it has none.
    no_export : str
        Why it cannot be written as ONNX; empty where it can.
    """

    title: str
    factory: Callable[..., SegmentationNetwork]
    stride: Callable[[Arguments], int]
    reads: Callable[[Arguments], tuple[int, ...]]
    parameters: tuple[Parameter, ...] = ()
    presets: dict[str, dict[str, Any]] = field(default_factory=dict)
    encoders: tuple[str, ...] = ()
    has_context: bool = False
    has_encoder: bool = True
    library_class: str = ""
    no_export: str = ""

    @property
    def arguments(self) -> dict[str, Any]:
        """The default of every parameter."""
        return {p.name: p.value for p in self.parameters}

    @property
    def multiple(self) -> int:
        """What heights and widths have to be multiples of with the default arguments."""
        return self.multiple_of({})

    def multiple_of(self, arguments: Arguments) -> int:
        """Return what heights and widths have to be multiples of."""
        return self.stride(self.completed(arguments))

    def taps_of(self, arguments: Arguments) -> tuple[int, ...]:
        """Return which of the encoder's maps the decoder reads."""
        return self.reads(self.completed(arguments))

    def completed(self, arguments: Arguments) -> dict[str, Any]:
        """Return all arguments: those given, and the defaults of the others.

        Raises
        ------
        ValueError
            When one is unknown or out of range; the sentence says what is allowed.
        """
        known = {p.name: p for p in self.parameters}
        for name, value in arguments.items():
            if name not in known:
                names = ", ".join(known) or "none"
                raise ValueError(f"{self.title} has no parameter “{name}”; it has {names}.")
            known[name].check(value)
        return {**self.arguments, **arguments}

    def chosen(self, preset: str, typed: Mapping[str, str]) -> dict[str, Any]:
        """Return all arguments from a preset and from what a person typed beyond it.

        Raises
        ------
        ValueError
            When there is no such preset, and as `completed`.
        """
        if preset not in self.presets:
            presets = ", ".join(self.presets)
            raise ValueError(f"{self.title} has no preset “{preset}”; it has {presets}.")
        known = {p.name: p for p in self.parameters}
        values = {n: known[n].read(text) if n in known else text for n, text in typed.items()}
        return self.completed({**self.presets[preset], **values})

"""The drawing of each architecture: which maps there are, how fine, and what leads where.

A map stands at a column, from left to right, and at a level: 0 is the size of the image, each
further level is half of it. Keyed by the names of `segstudio.models.networks.ARCHITECTURES`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["image", "encoder", "atrous", "context", "decoder", "labels"]
"""What is shown; a step of the encoder, with gaps in its convolutions or not; what looks at the
whole image; a step of the decoder; the result."""


@dataclass(frozen=True)
class Block:
    """A map: its column, level and role, and a word for what is not plain."""

    column: float
    level: int
    role: Role
    word: str = ""


@dataclass(frozen=True)
class Drawing:
    """Maps and what leads from one to another, by their numbers.

    Attributes
    ----------
    flows : list of (int, int)
        One step computed from the one before.
    skips : list of (int, int)
        A shortcut from an early map.
    """

    blocks: list[Block]
    flows: list[tuple[int, int]] = field(default_factory=list)
    skips: list[tuple[int, int]] = field(default_factory=list)

    def then(self, block: Block, *, after: Sequence[int] = (), skip: int | None = None) -> int:
        """Append a map that follows the last one or those named; return its number."""
        number = len(self.blocks)
        self.flows.extend((before, number) for before in after or (number - 1,))
        if skip is not None:
            self.skips.append((skip, number))
        self.blocks.append(block)
        return number


LAST_COLUMN = 11.0


def _encoder(coarsest: int = 5) -> Drawing:
    """Return the image and five steps, the last of which keep the size that is the coarsest."""
    drawing = Drawing([Block(0, 0, "image")])
    for step in range(1, 6):
        role: Role = "encoder" if step <= coarsest else "atrous"
        drawing.then(Block(step, min(step, coarsest), role))
    return drawing


def _with_labels(drawing: Drawing, after: Sequence[int] = ()) -> Drawing:
    drawing.then(Block(LAST_COLUMN, 0, "labels"), after=after)
    return drawing


def _fcn(sums: int) -> Drawing:
    drawing = _encoder()
    drawing.then(Block(6.4, 5, "decoder"))
    for number in range(sums):
        level = 4 - number
        drawing.then(Block(7.6 + 1.2 * number, level, "decoder", "+"), skip=level)
    return _with_labels(drawing)


def _u_shape(word: str = "", bottom: str = "") -> Drawing:
    drawing = _encoder()
    if bottom:
        drawing.then(Block(6.5, 5, "context", bottom))
    for number, level in enumerate((4, 3, 2, 1)):
        drawing.then(Block(7.6 + 0.8 * number, level, "decoder", word), skip=level)
    return _with_labels(drawing)


def _nested() -> Drawing:
    drawing = _encoder()
    nodes = {(0, level): level for level in range(1, 6)}
    for order in range(1, 5):
        for level in range(5 - order, 0, -1):
            column = level + 2.2 * order - 0.2 * (5 - level)
            number = drawing.then(
                Block(min(column, 10), level, "decoder"),
                after=[nodes[order - 1, level + 1]],
                skip=nodes[order - 1, level],
            )
            nodes[order, level] = number
    return _with_labels(drawing, after=[nodes[4, 1]])


def _pyramid(bottom: str = "", coarsest: int = 5) -> Drawing:
    """Return a pyramid of added maps that are joined at a quarter of the image."""
    drawing = _encoder(coarsest)
    maps = [drawing.then(Block(6.2, coarsest, "context" if bottom else "decoder", bottom))]
    for number, level in enumerate(range(coarsest - 1, 1, -1)):
        maps.append(drawing.then(Block(6.8 + 0.6 * number, level, "decoder", "+"), skip=level))
    drawing.then(Block(9.9, 2, "decoder"), after=maps)
    return _with_labels(drawing)


def _atrous(coarsest: int, word: str) -> Drawing:
    drawing = _encoder(coarsest)
    drawing.then(Block(6.8, coarsest, "context", word))
    return drawing


def _deeplabv3plus() -> Drawing:
    drawing = _atrous(4, "ASPP")
    drawing.then(Block(9, 2, "decoder"), skip=2)
    return _with_labels(drawing)


def _coarse(word: str) -> Drawing:
    drawing = _atrous(3, word)
    drawing.then(Block(8.8, 3, "decoder"))
    return _with_labels(drawing)


def _attention_pyramid() -> Drawing:
    drawing = _atrous(4, "FPA")
    for number, level in enumerate((3, 2)):
        drawing.then(Block(8.2 + 1.1 * number, level, "decoder"), skip=level)
    return _with_labels(drawing)


def _joined() -> Drawing:
    drawing = _encoder()
    drawing.then(Block(8.6, 2, "decoder"), after=[1, 2, 3, 4, 5])
    return _with_labels(drawing)


def _plain() -> Drawing:
    drawing = Drawing([Block(0, 0, "image")])
    for step in range(6):
        drawing.then(Block(1.6 + 1.5 * step, 0, "encoder"))
    return _with_labels(drawing)


DRAWINGS: dict[str, Drawing] = {
    "deeplabv3plus": _deeplabv3plus(),
    "deeplabv3": _coarse("ASPP"),
    "pspnet": _coarse("PSP"),
    "fcn32s": _fcn(0),
    "fcn16s": _fcn(1),
    "fcn8s": _fcn(2),
    "unet": _u_shape(),
    "unetplusplus": _nested(),
    "linknet": _u_shape("+"),
    "manet": _u_shape(bottom="PAB"),
    "fpn": _pyramid(),
    "pan": _attention_pyramid(),
    "upernet": _pyramid("PSP"),
    "segformer": _joined(),
    "plain": _plain(),
}

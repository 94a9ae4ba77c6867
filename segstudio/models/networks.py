"""The architectures that can be built, as a table.

To add one, write its row: in `library_rows` for a network of segmentation-models-pytorch, in
`own_rows` for one of ours. The row says how to build it, what can be chosen and what follows from
that; `train --architecture`, model files, the export and the benchmark then know it, and the
contract test of `tests/models/test_networks.py` runs on it. What the window tells about it, a
paragraph and a drawing, stands in `segstudio.ui`, and a test asks for both.
"""

from segstudio.core.errors import ModelError
from segstudio.models import encoders, foreign_networks, library_rows, own_rows
from segstudio.models.architecture import Architecture
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec

ARCHITECTURES: dict[str, Architecture] = {**own_rows.ROWS, **library_rows.ROWS}


def find(name: str) -> Architecture:
    """Return a row of the table.

    Raises
    ------
    ModelError
        When there is no such row; the sentence lists those there are.
    """
    if name not in ARCHITECTURES:
        raise ModelError(
            f"There is no architecture called “{name}”. Choose one of {', '.join(ARCHITECTURES)}."
        )
    return ARCHITECTURES[name]


def build(spec: ModelSpec) -> SegmentationNetwork:
    """Build the network of a description, in eval mode.

    The embedded encoder gets its weights when the description leaves it outside the file;
    everything else has the random weights of torch's generator. Nothing is ever downloaded.

    Returns
    -------
    SegmentationNetwork

    Raises
    ------
    ModelError
        When the description names something unknown or arguments that do not fit.
    """
    if spec.architecture in foreign_networks.FOREIGN:
        return foreign_networks.build(spec)
    row = find(spec.architecture)
    encoder = encoders.timm_name(spec.encoder)
    outside = not spec.encoder_inside
    if outside:
        _check_outside(spec, row)
    try:
        arguments = row.completed(spec.arguments)
        network = row.factory(encoder, len(spec.classes), spec.channels, **arguments)
    except (TypeError, ValueError, KeyError, RuntimeError, AssertionError) as error:
        raise ModelError(
            f"Model “{spec.name}” cannot be built as {row.title} on {spec.encoder}: "
            f"{error or type(error).__name__}"
        ) from error
    network.multiple = spec.multiple
    network.taps = row.taps_of(arguments)
    if outside:
        encoders.fill(network.encoder, encoders.embedded_state(spec.encoder))
    return network.eval()


def _check_outside(spec: ModelSpec, row: Architecture) -> None:
    """Refuse what cannot get its encoder from outside its file."""
    if not row.has_encoder:
        raise ModelError(
            f"Model “{spec.name}” is a {row.title}, which has no encoder that could be left out "
            "of its file."
        )
    if not encoders.is_embedded(spec.encoder):
        raise ModelError(
            f"Model “{spec.name}” needs the weights of encoder “{spec.encoder}”, which are "
            "neither in its file nor part of this program."
        )
    if spec.channels != 3:
        raise ModelError(
            f"Model “{spec.name}” takes {spec.channels} channels; the embedded encoder takes 3."
        )

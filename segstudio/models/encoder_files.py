"""Files of published encoder weights, fetched into the person's own folder."""

from collections.abc import Callable
from pathlib import Path

from segstudio.core.errors import ModelError
from segstudio.models import encoders, fetching
from segstudio.models.encoder_table import PublishedWeights
from segstudio.models.fetching import Report


def find(encoder: str) -> PublishedWeights:
    """Return where the weights of an encoder can be fetched.

    Raises
    ------
    ModelError
        When there is no such encoder, it comes with the program, or nobody publishes its weights
        as a file that can be checked.
    """
    weights = encoders.published_weights(encoder)
    if weights is not None:
        return weights
    if encoders.is_embedded(encoder):
        raise ModelError(f"{encoders.title(encoder)} comes with the program: it needs no fetching.")
    raise ModelError(
        f"Nobody publishes weights of encoder “{encoder}” as a file that can be checked. Use "
        "lite0, whose weights come with the program."
    )


def fetch(
    encoder: str,
    report: Report,
    should_stop: Callable[[], bool],
    folder: Path | None = None,
) -> Path:
    """Fetch the weights of an encoder to where training looks for them, or into a folder.

    Raises
    ------
    Cancelled, ModelError, StorageError
        As `fetching.fetch`, and `find`.
    """
    weights, place = find(encoder), encoders.weights_file(encoder)
    return fetching.fetch(
        weights.address,
        place if folder is None else folder / place.name,
        sha256_prefix=weights.sha256_prefix,
        report=report,
        should_stop=should_stop,
        instead=(
            f"Take {weights.address} on another computer and put the file here: {place}. "
            "Encoder lite0 comes with the program and needs no fetching."
        ),
    )

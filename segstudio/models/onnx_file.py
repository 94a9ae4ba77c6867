"""ONNX files that come from elsewhere."""

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.core.errors import ModelError
from segstudio.core.model_proposal import ModelProposal
from segstudio.models import model_folder, proposed, proposed_classes
from segstudio.models import spec as specs
from segstudio.models.spec import ModelSpec

if TYPE_CHECKING:
    from segstudio.models.network import SegmentationNetwork
    from segstudio.models.onnx_probe import Probe

SUFFIX = ".onnx"
_LARGEST_BYTES = 2**31 - 1
"""More does not fit into one message of its format."""

_SHORT_SIDE = 512
_NAMES = ("names", "classes", "class_names", "labels", "id2label", "categories")
_ORDERS = ("channel_order", "color_order", "colour_order", "color_space", "input_space")
_LICENCES = ("licence", "license")


def is_such(path: Path) -> bool:
    """Tell whether a file is called like one."""
    return path.is_file() and path.suffix.lower() == SUFFIX


def propose(path: Path) -> ModelProposal:
    """Return what the file says, and what a run of it shows."""
    spec, said, _ = _read(path)
    fields = ("classes", "mean", "std", "channel_order", "short_side", "licence")
    is_sized = spec.input_size is not None
    known = said | ({"short_side"} if is_sized else set())
    return proposed.proposal(
        path, "onnx", spec, assumed=tuple(name for name in fields if name not in known)
    )


def build(proposal: ModelProposal) -> "tuple[ModelSpec, SegmentationNetwork]":
    """Read the file into a network."""
    import torch

    from segstudio.models import networks

    path = Path(proposal.path)
    found, _, content = _read(path)
    if found.arguments["output"] == "indices":  # how many there are a run cannot show
        found = replace(found, classes=proposed_classes.table(proposal.classes))
    spec = proposed.changed(found, proposal)
    network = networks.build(spec)
    graph = torch.frombuffer(bytearray(content), dtype=torch.uint8)
    network.load_state_dict({"graph": graph})
    return spec, network


def _read(path: Path) -> tuple[ModelSpec, set[str], bytes]:
    """Return a file's description, the names of those fields that it gives, and its content."""
    import torch

    from segstudio.models import onnx_network, onnx_probe

    model = _parsed(path)
    _check_numbers(model, path)
    content = model.SerializeToString()
    session = onnx_network.open_session(content, torch.device("cpu"), path.name)
    found = onnx_probe.probe(session, path.name)
    texts = {entry.key.lower(): entry.value for entry in model.metadata_props}
    spec, said = _described(path, found, texts)
    arguments = {
        "file_bytes": len(content),
        "output": found.output,
        "output_name": found.output_name,
        "layout": found.layout,
        "output_layout": found.output_layout,
        "input_size": list(found.input_size) if found.input_size else None,
        "one_by_one": found.one_by_one,
    }
    return replace(spec, arguments=arguments), said, content


def _described(path: Path, found: "Probe", texts: Mapping[str, str]) -> tuple[ModelSpec, set[str]]:
    from segstudio.models import weights_guess

    ours = _our_description(path, texts)
    mean, std = weights_guess.normalisation(found.channels)
    names = _names(texts, found)
    count = len(names) if names and found.output == "indices" else found.classes
    proposed_classes.check_count(count, path.name)
    said_mean, said_std = _numbers(texts, "mean", found), _numbers(texts, "std", found)
    order = next((texts[key].strip().lower() for key in _ORDERS if key in texts), "")
    licence = next((texts[key] for key in _LICENCES if key in texts), "")
    said = {
        *(["classes"] if names else []),
        *(["mean"] if said_mean else []),
        *(["std"] if said_std else []),
        *(["channel_order"] if order in specs.CHANNEL_ORDERS or found.channels != 3 else []),
        *(["licence"] if licence else []),
    }
    spec = ModelSpec(
        name=proposed.name_of(path),
        title=proposed.name_of(path),
        architecture="onnx",
        encoder="",
        encoder_inside=True,
        classes=proposed_classes.table(names or proposed_classes.default_names(count)),
        channels=found.channels,
        short_side=min(found.input_size) if found.input_size else _SHORT_SIDE,
        mean=said_mean or mean,
        std=said_std or std,
        channel_order="bgr" if order == "bgr" else "rgb",
        multiple=found.multiple,
        licence=licence,
        is_commercial=model_folder.is_for_money(licence),
        input_size=found.input_size,
        source=path.name,
    )
    if ours is None or (ours.channels, len(ours.classes)) != (spec.channels, count):
        return spec, said
    kept = replace(
        ours,
        architecture="onnx",
        encoder="",
        encoder_inside=True,
        encoder_sha256="",
        multiple=found.multiple,
        input_size=found.input_size,
    )
    return kept, {"classes", "mean", "std", "channel_order", "short_side", "licence"}


def _our_description(path: Path, texts: Mapping[str, str]) -> ModelSpec | None:
    try:
        return specs.from_metadata(texts, path.name)
    except ModelError:
        return None


def _names(texts: Mapping[str, str], found: "Probe") -> tuple[str, ...]:
    """Return the names of the classes, if there is one for each."""
    values = next((_value(texts[key]) for key in _NAMES if key in texts), None)
    if isinstance(values, dict):
        try:
            values = [values[key] for key in sorted(values, key=int)]
        except (TypeError, ValueError):
            return ()
    if isinstance(values, str):
        values = [part for part in values.replace("\n", ",").split(",") if part.strip()]
    if not isinstance(values, list) or not values:
        return ()
    is_fitting = found.output == "indices" or len(values) == found.classes
    return proposed_classes.usable(values, "The file") if is_fitting else ()


def _numbers(texts: Mapping[str, str], name: str, found: "Probe") -> tuple[float, ...]:
    """Return a mean or a deviation for inputs of 0 to 1, if there is a number per channel."""
    values = next((_value(texts[key]) for key in (name, f"image_{name}") if key in texts), None)
    if isinstance(values, str):
        values = _value(f"[{values}]")
    try:
        numbers = tuple(float(v) for v in values)  # type: ignore[union-attr]
    except (TypeError, ValueError):
        return ()
    if len(numbers) != found.channels or (name == "std" and min(numbers) <= 0):
        return ()
    return tuple(v / 255.0 for v in numbers) if max(numbers) > 2.0 else numbers


def _value(text: str) -> Any:
    """Read a value that was written as JSON, as Python would print it, or as bare text."""
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
    return text


def _parsed(path: Path) -> Any:
    """Read a file and the weights that lie beside it."""
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError as error:
        raise ModelError(
            "ONNX models need the libraries onnx and onnxruntime, which are not installed. "
            'Run: pip install "segstudio[onnx]"'
        ) from error
    if path.stat().st_size > _LARGEST_BYTES:
        raise ModelError(f"{path.name} is larger than an ONNX file can be.")
    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except (DecodeError, OSError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"{path.name} is no ONNX file, or a damaged one. Copy it again from its source."
        ) from error
    if not model.graph.node:
        raise ModelError(f"{path.name} is no ONNX file, or an empty one. Choose another file.")
    _take_in_outer_weights(model, path)
    # Weights that are listed as inputs too would count as what may change from run to run.
    inner = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in inner]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    return model


def _take_in_outer_weights(model: Any, path: Path) -> None:
    """Read weights that lie in other files, which have to be in the folder of the model."""
    from onnx import TensorProto, external_data_helper

    folder, total = path.parent.resolve(), path.stat().st_size
    for tensor in _tensors(model.graph):
        if tensor.data_location != TensorProto.EXTERNAL:
            continue
        facts = {entry.key: entry.value for entry in tensor.external_data}
        file = (folder / facts.get("location", "")).resolve()
        if not file.is_relative_to(folder):
            raise ModelError(
                f"{path.name} asks for a file outside of its folder ({facts['location']}), which "
                "this program does not read."
            )
        if not file.is_file():
            raise ModelError(
                f"{path.name} keeps its weights in {file.name}, which is not beside it. "
                "Copy both files."
            )
        total += int(facts.get("length", 0) or file.stat().st_size)
        if total > _LARGEST_BYTES:
            raise ModelError(f"{path.name} and its weights are larger than 2 GB.")
        try:
            external_data_helper.load_external_data_for_tensor(tensor, str(folder))
        except Exception as error:
            # the library raises errors of its own, whose base differs between versions
            raise ModelError(
                f"The weights of {path.name} in {file.name} cannot be read. Copy both files again."
            ) from error
        tensor.data_location = TensorProto.DEFAULT
        del tensor.external_data[:]


def _tensors(graph: Any) -> Iterator[Any]:
    """Go through all constants of a graph and of the graphs inside it."""
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from _tensors(inner)


def _check_numbers(model: Any, path: Path) -> None:
    import numpy as np
    from onnx import TensorProto, numpy_helper

    kinds = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE)
    for tensor in model.graph.initializer:
        if tensor.data_type not in kinds:
            continue
        try:
            values = numpy_helper.to_array(tensor)
        except Exception as error:
            # as above
            raise ModelError(f"{path.name} is damaged. Copy it again from its source.") from error
        if np.isnan(values).any():
            raise ModelError(
                f"The weights in {path.name} contain values that are no numbers ({tensor.name}). "
                "Its training went wrong; ask for another file."
            )

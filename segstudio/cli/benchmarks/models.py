"""Every architecture on every encoder: weights, time and memory for one image of 512 x 512.

The yardstick beside each figure is the plain stack at full resolution. The memory is what the
process grows by while it computes one image, at its highest; on a GPU it is what torch allocates.
"""

import ctypes
import gc
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch

from segstudio.cli.benchmarks.figure import Figure, Plan, rounded
from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError, SegstudioError
from segstudio.models import networks
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec

SIDE = 512
CLASSES = 21
ENCODERS = ("lite0", "resnet18", "resnet50", "mobilenetv2_100", "vgg16_bn")
YARDSTICK = "plain"
LEAST_REPEATS, MOST_REPEATS, ENOUGH_S = 2, 8, 2.0


@dataclass(frozen=True)
class Cost:
    """What one image costs.

    Attributes
    ----------
    ms : float
        By the clock, the best of several: whatever else runs only makes it longer.
    cpu_ms : float
        Of all cores together.
    memory_bytes : int
        Beyond weights and input, at its highest.
    """

    ms: float
    cpu_ms: float
    memory_bytes: int


def run(plan: Plan) -> Iterator[Figure]:
    """Measure the plain stack, then all others on one encoder after the other."""
    side = plan.pick(SIDE, 64)
    devices = ["cpu"]
    if torch.cuda.is_available():
        devices += ["cuda", "cuda-half"]
    yardsticks: dict[str, Cost] = {}
    for encoder in plan.pick(ENCODERS, ENCODERS[:1]):
        names = [YARDSTICK, *(n for n in networks.ARCHITECTURES if n != YARDSTICK)]
        for name in plan.pick(names, names[:2]):
            has_encoder = networks.find(name).has_encoder
            network = _built(name, encoder) if has_encoder or not yardsticks else None
            if network is None:
                continue
            what = name, encoder if has_encoder else ""
            for device in devices:
                cost = _measured(network, device, side)
                costs = cost, yardsticks.setdefault(device, cost)
                yield from _figures(network, device, side, what, costs)


def _figures(
    network: SegmentationNetwork,
    device: str,
    side: int,
    what: tuple[str, str],
    costs: tuple[Cost, Cost],
) -> Iterator[Figure]:
    """Put the costs of a network, and those of the yardstick, into figures."""
    (architecture, encoder), (cost, yardstick) = what, costs
    parameters = sum(values.numel() for values in network.parameters())
    parts = (architecture, encoder, device if device != "cpu" else "")
    title = "-".join(part for part in parts if part)
    detail = {
        "architecture": architecture,
        "encoder": encoder,
        "device": _device_name(device),
        "half": device.endswith("half"),
        "side": side,
        "classes": CLASSES,
        "parameters": parameters,
        "ms": rounded(cost.ms),
        "cpu_ms": rounded(cost.cpu_ms),
        "images_per_second": rounded(1000 / cost.ms),
        "memory_bytes": cost.memory_bytes,
        "reference": "the plain stack at full resolution",
    }
    yield Figure(title, cost.ms, "ms", None, yardstick.ms, detail)
    memory, reference = cost.memory_bytes / 1e6, yardstick.memory_bytes / 1e6
    yield Figure(f"{title}-memory", memory, "MB", None, reference)
    yield Figure(f"{title}-weights", parameters / 1e6, "million", None)


def _built(name: str, encoder: str) -> SegmentationNetwork | None:
    """Return an untrained network, or None where these two do not go together."""
    row = networks.find(name)
    spec = ModelSpec(
        name=name,
        architecture=name,
        classes=ClassTable.named(f"class {number}" for number in range(CLASSES)),
        arguments=row.arguments,
        encoder=encoder,
        encoder_inside=True,
        multiple=row.multiple,
    )
    try:
        return networks.build(spec)
    except ModelError:
        return None


def _measured(network: SegmentationNetwork, device: str, side: int) -> Cost:
    target = torch.device(device.removesuffix("-half"))
    network.to(target).to(memory_format=torch.channels_last)
    batch = torch.randn(1, 3, side, side, device=target).to(memory_format=torch.channels_last)
    precision: AbstractContextManager[object] = nullcontext()
    if device.endswith("half"):
        precision = torch.autocast("cuda", dtype=torch.float16)
    with torch.inference_mode(), precision:
        network(batch)  # the first run of a network is slower
        memory = _memory(lambda: network(batch), target)
        times: list[tuple[float, float]] = []
        started = time.perf_counter()
        while len(times) < LEAST_REPEATS or (
            len(times) < MOST_REPEATS and time.perf_counter() - started < ENOUGH_S
        ):
            times.append(_timed(lambda: network(batch), target))
    return Cost(min(wall for wall, _ in times), min(cpu for _, cpu in times), memory)


def _timed(work: Callable[[], object], device: torch.device) -> tuple[float, float]:
    """Return milliseconds by the clock, and of all cores together."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def _memory(work: Callable[[], object], device: torch.device) -> int:
    """Return by how many bytes the memory grows while something is done, at its highest."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        work()
        return torch.cuda.max_memory_allocated() - before
    peak = Path("/proc/self/clear_refs")
    if not peak.exists():
        raise SegstudioError("The memory of a process can be measured on Linux only.")
    if sys.platform == "linux" and platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).malloc_trim(0)  # what earlier networks left would hide growth
    before = _status_bytes("VmRSS")
    peak.write_text("5", "utf-8")  # the highest value starts anew
    work()
    return max(0, _status_bytes("VmHWM") - before)


def _status_bytes(entry: str) -> int:
    status = Path("/proc/self/status").read_text("utf-8")
    row = next(r for r in status.splitlines() if r.startswith(f"{entry}:"))
    return int(row.split()[1]) * 1024


def _device_name(device: str) -> str:
    if device == "cpu":
        return f"{torch.get_num_threads()} threads, {platform.machine()}"
    return torch.cuda.get_device_name()

import numpy as np
import pytest
import torch
from tiny_networks import CPU, Pointwise, spec
from torch import nn

from segstudio.inference import footprint, memory, way
from segstudio.inference.way import Means, Way

MEBIBYTE = 2**20


def write(root, **files):
    for place, text in files.items():
        path = root / place.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def machine(root, free_mib=8000):
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/meminfo").write_text(f"MemTotal: 1 kB\nMemAvailable: {free_mib * 1024} kB\n")


def limit(folder, most, used, dropped=0):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{most}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\ninactive_file {dropped}\n")


@pytest.mark.skipif("sys.platform != 'linux'")
def test_free_is_what_the_machine_and_every_container_around_leave(tmp_path):
    machine(tmp_path)
    assert memory.free_ram(tmp_path) == 8000 * MEBIBYTE
    (tmp_path / "proc/self/cgroup").write_text("0::/slice/job\n")
    groups = tmp_path / "sys/fs/cgroup"
    limit(groups / "slice/job", "max", 10)
    assert memory.free_ram(tmp_path) == 8000 * MEBIBYTE
    limit(groups / "slice", 900 * MEBIBYTE, 500 * MEBIBYTE, 100 * MEBIBYTE)
    assert memory.free_ram(tmp_path) == 500 * MEBIBYTE
    limit(groups / "slice/job", 100 * MEBIBYTE, 120 * MEBIBYTE)
    assert memory.free_ram(tmp_path) == 0


@pytest.mark.skipif("sys.platform != 'linux'")
def test_the_older_kind_of_container_is_known_too(tmp_path):
    machine(tmp_path)
    (tmp_path / "proc/self/cgroup").write_text("4:cpu,cpuacct:/a\n7:memory:/a\n")
    folder = tmp_path / "sys/fs/cgroup/memory/a"
    folder.mkdir(parents=True)
    (folder / "memory.limit_in_bytes").write_text(str(300 * MEBIBYTE))
    (folder / "memory.usage_in_bytes").write_text(str(200 * MEBIBYTE))
    assert memory.free_ram(tmp_path) == 100 * MEBIBYTE


def test_this_machine_has_some_memory_left():
    assert memory.free_bytes(CPU) > 0


@pytest.mark.parametrize(
    ("error", "is_shortage"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("could not create a primitive"), True),
        (RuntimeError("size mismatch"), False),
        (ValueError("not enough memory for jokes"), False),
    ],
)
def test_which_errors_mean_that_memory_was_not_enough(error, is_shortage):
    assert memory.is_shortage(error) is is_shortage


class Wide(Pointwise):
    """Holds 256 channels at full size, and then twice as many beside them."""

    def __init__(self):
        super().__init__(channels=256)
        self.wider = nn.Conv2d(256, 512, 1)

    def encode(self, batch):
        return [batch, self.encoder(batch)]

    def decode(self, features):
        return self.wider(features[-1])[:, :256]


def test_the_footprint_is_what_is_alive_at_a_time():
    found = footprint.bytes_per_pixel(spec(), Wide(), CPU) / footprint.MARGIN
    least = 4 * (256 + 512)
    assert least <= found <= 1.2 * least


def means(**more):
    return Means(**{"free_bytes": 4_000_000_000, "bytes_per_pixel": 1000.0, **more})


def test_less_memory_never_means_larger_tiles():
    sides = []
    for free in (10**12, 10**9, 10**8, 10**7, 10**6):
        made = way.first((900, 1200), spec(), means(free_bytes=free), finer=False, half=False)
        sides.append(made.side or 1200)
    assert sides == sorted(sides, reverse=True)
    assert sides[0] == 1200
    assert sides[-1] == way.SMALLEST_SIDE


def test_the_ladder_ends_on_the_processor():
    card = means(is_processor=False, can_half=True)
    steps = [Way(at_once=4)]
    while (step := way.easier(steps[-1], (500, 400), spec(), card)) is not None:
        steps.append(step)
        assert len(steps) < 20
        if step.on_cpu:
            break
    assert steps == [
        Way(at_once=4),
        Way(),
        Way(side=240),
        Way(side=128),
        Way(side=128, half=True),
        Way(on_cpu=True),
    ]


def test_half_precision_leaves_room_for_more():
    assert means().fitting_pixels(half=True) > means().fitting_pixels(half=False)


def test_a_processor_is_not_kept_busy_with_one_step_however_much_memory_there_is():
    plenty = means(free_bytes=10**15)
    made = way.first((4000, 4000), spec(), plenty, finer=False, half=False)
    assert made.side**2 <= way.LARGEST_TILE_PIXELS
    card = means(free_bytes=10**15, is_processor=False)
    assert way.first((4000, 4000), spec(), card, finer=False, half=False) == Way()
    assert np.prod((4000, 4000)) > way.LARGEST_WHOLE_PIXELS

"""What `segstudio doctor` looks at inside of the program: torch, pydensecrf2, bundled models."""

import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from segstudio.cli.system_checks import Finding
from segstudio.core.errors import SegstudioError

LAST_CRF_PYTHON = (3, 12)


def torch_devices() -> str:
    """Return torch's version and the devices of this machine."""
    import torch

    from segstudio.inference import device

    there = device.available()
    names = [torch.cuda.get_device_name() if name == "cuda" else name for name in there]
    return f"{torch.__version__}, {', '.join(reversed(names))}"


def check_torch(probe: Callable[[], str] = torch_devices) -> Finding:
    """Check that torch can be loaded, and tell where networks will run."""
    try:
        return Finding("ok", "torch", probe())
    except (ImportError, OSError, RuntimeError) as error:
        return Finding("error", "torch", str(error), "pip install --force-reinstall torch")


def check_crf(
    load: Callable[[str], object] = importlib.import_module,
    version: tuple[int, ...] = sys.version_info[:2],
) -> Finding:
    """Check whether pydensecrf2 is installed; the program has a CRF without it."""
    name = "pydensecrf2"
    try:
        load("pydensecrf.densecrf")
    except ModuleNotFoundError:
        cure = 'If you want to compare: pip install "pydensecrf2>=1.1" (needs a C++ compiler)'
        if version > LAST_CRF_PYTHON:
            cure = "It cannot be built for this Python; use 3.11 or 3.12 if you want to compare."
        return Finding("ok", name, "not installed; the CRF does without it", cure)
    except ImportError as error:
        cure = "pip install --force-reinstall pydensecrf2"
        return Finding("warning", name, f"It cannot be loaded: {error}", cure)
    return Finding("ok", name, "installed")


def bundled_models() -> list[Path]:
    """Return the files of the models that come with the program."""
    from segstudio import assets
    from segstudio.models.checkpoint import SUFFIX

    return sorted(assets.path("models").glob(f"*{SUFFIX}"))


def load_model(path: Path) -> str:
    """Load a model file whole, which checks it, and say what it is."""
    from segstudio.models import checkpoint

    spec, _network = checkpoint.load(path)
    return f"{spec.name} ({len(spec.classes)} classes)"


def check_models(
    files: Callable[[], Sequence[Path]] = bundled_models,
    load: Callable[[Path], str] = load_model,
) -> Finding:
    """Check that the bundled models and the encoder under them are there and intact."""
    name = "Bundled models"
    cure = "Install the program again: pip install --force-reinstall --no-deps, from its folder."
    try:
        loaded = [load(path) for path in files()]
    except SegstudioError as error:
        return Finding("error", name, str(error), cure)
    except (ImportError, OSError, RuntimeError) as error:
        return Finding("error", name, f"They cannot be loaded: {error}", cure)
    if not loaded:
        return Finding("error", name, "There are none", cure)
    return Finding("ok", name, ", ".join(loaded))

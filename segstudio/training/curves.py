"""Curves of a training for TensorBoard, where that is installed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from segstudio.core.errors import ModelError
from segstudio.training.settings import TrainProgress

Report = Callable[[TrainProgress], None]


@contextmanager
def following(report: Report, folder: Path | None) -> Iterator[Report]:
    """Give a report that writes the curves into a folder as well; without a folder the same one.

    Raises
    ------
    ModelError
        When TensorBoard is not installed.
    """
    if folder is None:
        yield report
        return
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ModelError(
            "Curves need TensorBoard. Install it by: pip install tensorboard, or leave out --log."
        ) from error
    writer = SummaryWriter(str(folder))

    def told(progress: TrainProgress) -> None:
        run = f"run {progress.run}"
        if progress.loss is not None:
            writer.add_scalar(f"loss/{run}", progress.loss, progress.step)
        if progress.miou is not None and progress.stage == "measure":
            writer.add_scalar(f"mIoU/{run}", progress.miou, progress.step)
        report(progress)

    try:
        yield told
    finally:
        writer.close()

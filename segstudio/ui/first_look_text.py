"""What is said of how right the model was at first, image by image."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication

from segstudio.core.first_look import FirstLook
from segstudio.ui.score_chart import ScorePoint
from segstudio.ui.version_text import when_text

WINDOW = 5
"""Images that a mean is taken over."""


def score_of(look: FirstLook, measure: str) -> float | None:
    """Return ``miou`` or ``accuracy`` of a look."""
    return look.miou if measure == "miou" else look.accuracy


def models_of(looks: Sequence[FirstLook]) -> list[str]:
    """Return the models in the order in which they came."""
    return list(dict.fromkeys(look.model for look in looks))


def points(looks: Sequence[FirstLook], measure: str, titles: Mapping[str, str]) -> list[ScorePoint]:
    """Return a point for each image, in the order of the work."""
    models = models_of(looks)
    found = []
    for look in looks:
        score = score_of(look, measure)
        if score is None:
            continue
        text = _tr("{image}: {score}, by {model}, {when}").format(
            image=look.name,
            score=_value(score, measure),
            model=titles.get(look.model, look.model),
            when=when_text(look.scored_at),
        )
        found.append(ScorePoint(look.name, score, text, series=models.index(look.model)))
    return found


def running_means(scores: Sequence[float], window: int = WINDOW) -> list[float]:
    """Return the mean of each score and those just before it."""
    return [
        sum(scores[max(0, end - window) : end]) / min(end, window)
        for end in range(1, len(scores) + 1)
    ]


def line(scores: Sequence[float], measure: str) -> str:
    """Say how it went of late, beside how it went before."""
    if not scores:
        return ""
    last = scores[-WINDOW:]
    now = _value(sum(last) / len(last), measure)
    what = _tr("mean IoU {now}") if measure == "miou" else _tr("{now} of pixels right")
    where = _tr("The last image") if len(last) == 1 else _tr("The last %d images") % len(last)
    text = f"{where}: {what.format(now=now)}"
    before = scores[:-WINDOW]
    if before:
        earlier = _value(sum(before) / len(before), measure)
        text += " · " + _tr("before that %s") % earlier
    return text


def _value(score: float, measure: str) -> str:
    return f"{score:.2f}" if measure == "miou" else f"{100 * score:.1f} %"


def _tr(text: str) -> str:
    return QCoreApplication.translate("FirstLooks", text)

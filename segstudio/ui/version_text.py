"""What is said of a version of a project's model."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from segstudio.core.lesson import Verdict
from segstudio.core.model_version import ModelVersion
from segstudio.ui.batch_wiring import duration_text
from segstudio.ui.model_text import Fact, classes_text, size_text
from segstudio.ui.score_chart import ScorePoint
from segstudio.ui.teach_rows import score_text


def when_text(seconds: float) -> str:
    """Return a day and a time, in the way of the system."""
    moment = QDateTime.fromSecsSinceEpoch(int(seconds))
    return str(QLocale().toString(moment, "d MMM yyyy, HH:mm"))


def score_line(version: ModelVersion) -> str:
    """Return the held-out score, with the one before where the two can be compared."""
    if version.after is None:
        return _tr("no score")
    if version.before is None or version.verdict == Verdict.NOT_COMPARABLE:
        return _tr("IoU %s") % score_text(version.after)
    return _tr("IoU {before} → {after}").format(
        before=score_text(version.before), after=score_text(version.after)
    )


def lines_below(version: ModelVersion) -> tuple[str, str]:
    """Return the lines below the title in the list."""
    count = len(version.training) + len(version.held_out)
    images = _tr("1 image") if count == 1 else _tr("%d images") % count
    what = (score_line(version), images, classes_text(len(version.classes)))
    who = filter(None, (when_text(version.made_at), version.author))
    return " · ".join(what), " · ".join(who)


def images_text(version: ModelVersion) -> str:
    """Return how many images it was learned from, and checked on."""
    training, held_out = len(version.training), len(version.held_out)
    learned = _tr("1 to learn from") if training == 1 else _tr("%d to learn from") % training
    checked = _tr("1 for checking") if held_out == 1 else _tr("%d for checking") % held_out
    return f"{learned}, {checked}"


def facts(version: ModelVersion, titles: Mapping[str, str]) -> list[Fact]:
    """Return the lines of the card; `titles` are those of models, by name."""
    parent = titles.get(version.parent, version.parent) or _tr("no model of these classes")
    when = when_text(version.made_at)
    lines = [
        Fact(_tr("Taught"), _tr("{when}, by {who}").format(when=when, who=version.author))
        if version.author
        else Fact(_tr("Taught"), when),
        Fact(_tr("Began with"), parent),
        Fact(_tr("Held-out"), _verdict(version)),
        Fact(_tr("Images"), images_text(version)),
        Fact(_tr("Learned from"), ", ".join(version.training), gives_way=True),
        Fact(_tr("Checked on"), ", ".join(version.held_out), gives_way=True),
        Fact(_tr("What learned"), _settings(version.settings)),
        Fact(_tr("IoU by class"), _by_class(version.metrics)),
        Fact(_tr("Size"), size_text(version.size_bytes) if version.size_bytes else ""),
        Fact(_tr("Name"), version.name, gives_way=True),
    ]
    return [line for line in lines if line.text]


def points(versions: Sequence[ModelVersion], current: str) -> list[ScorePoint]:
    """Return the versions that have a score; a line joins those that can be compared."""
    scored = [version for version in versions if version.after is not None]
    found = []
    for place, version in enumerate(scored):
        assert version.after is not None
        before = scored[place - 1] if place else None
        words = f"{version.title}: {score_line(version)}, {classes_text(len(version.classes))}"
        found.append(
            ScorePoint(
                str(version.number),
                version.after,
                words,
                is_joined=before is not None and are_comparable(before, version),
                is_current=version.name == current,
            )
        )
    return found


def are_comparable(one: ModelVersion, other: ModelVersion) -> bool:
    """Tell whether two scores were measured on the same images and classes."""
    same_images = set(one.held_out) == set(other.held_out)
    return same_images and set(one.classes) == set(other.classes)


def _verdict(version: ModelVersion) -> str:
    words = {
        Verdict.BETTER: _tr("better"),
        Verdict.ALIKE: _tr("about the same"),
        Verdict.WORSE: _tr("worse, and used all the same"),
        Verdict.NOT_COMPARABLE: _tr("the model before knew other classes"),
        Verdict.FIRST: _tr("the first one"),
    }
    word = words.get(Verdict(version.verdict)) if version.verdict in set(Verdict) else None
    return ", ".join(filter(None, (score_line(version), word)))


def _settings(settings: Mapping[str, object]) -> str:
    """Return how it was taught."""
    reaches = {"head": _tr("the head"), "last": _tr("the last blocks"), "all": _tr("everything")}
    parts = [reaches.get(str(settings.get("reach")), "")]
    seconds, steps = settings.get("seconds"), settings.get("steps")
    if isinstance(seconds, int | float):
        parts.append(_tr("in %s") % duration_text(seconds))
    if isinstance(steps, int):
        parts.append(_tr("{:,} steps").format(steps))
    if settings.get("stopped") is True:
        parts.append(_tr("ended early"))
    return ", ".join(filter(None, parts))


def _by_class(metrics: Mapping[str, object]) -> str:
    """Return the IoU of each class, where it was measured."""
    found = metrics.get("per_class")
    scores = found.items() if isinstance(found, Mapping) else ()
    return ", ".join(
        f"{name} {score:.2f}" for name, score in scores if isinstance(score, int | float)
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Versions", text)

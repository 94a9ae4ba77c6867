"""Models that a project was taught, for tests that keep them: what they hold is anything."""

from segstudio.core.model_version import ModelVersion


def version(name: str = "flowers-v1-1a2b3c", **fields) -> ModelVersion:
    """Return what is known of a model that knows two classes."""
    known = {
        "title": "flowers v1",
        "classes": ((0, "rose"), (2, "tulip")),
        "training": ("a.png", "sub/b.png"),
        "held_out": ("c.png",),
        "verdict": "better",
        "before": 0.5,
        "after": 0.625,
        "settings": {"reach": "head", "minutes": 0.75},
        "metrics": {"loss": [0.5, 0.25]},
        "made_at": 1.8e9,
        "author": "Ada",
    }
    return ModelVersion(0, name, **known | fields)


def content(name: str, length: int = 20_000) -> bytes:
    """Return a content that is another one for every name, over several pages of a file."""
    return (name.encode() * length)[:length]


def keep(project, name: str, length: int = 20_000) -> None:
    """Keep a version and wait for the disk."""
    assert project.keep_version(version(name), content(name, length)).wait(10), project.state

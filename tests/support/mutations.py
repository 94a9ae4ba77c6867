"""Damaged datasets: a reader may refuse them with a sentence, and do nothing else."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segstudio.core.errors import SegstudioError
from segstudio.formats.format import Source

HOSTILE = (
    *(None, True, -1, 0, 1, 255, 256, 2**31, 2**64, 10**400, 0.5, -1e308, float("nan")),
    *("", " ", "\0", "../../outside", "/etc/hostname", "C:\\outside.png", "a" * 300, "９"),
    *([], {}, [[]], [[None]], [{}], [1, 2, 3], ["x"] * 6, {"size": [1, 1], "counts": "P"}),
)
"""Values that some reader may not have thought of."""


def read_all(source: Source, path: Path) -> None:
    """Read a dataset with all its label maps, as far as it lets itself be read."""
    with contextlib.suppress(SegstudioError):
        for image in source.read(path).images:
            with contextlib.suppress(SegstudioError):
                image.read()


def attack(golden: Path, use: Callable[[Path], object], *, examples: int) -> None:
    """Use a copy of a dataset again and again, each time with one file damaged in some way."""
    names = sorted(p.relative_to(golden).as_posix() for p in golden.rglob("*") if p.is_file())
    place = tempfile.TemporaryDirectory()
    copy = Path(place.name) / golden.name
    shutil.copytree(golden, copy)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def run(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(names))
        content = (golden / name).read_bytes()
        (copy / name).write_bytes(data.draw(damages(content, name)))
        try:
            use(copy)
        finally:
            (copy / name).write_bytes(content)

    with place:
        run()


def damages(content: bytes, name: str) -> st.SearchStrategy[bytes]:
    """Return what a file may have turned into."""
    anywhere = st.integers(0, len(content))
    ways = [
        st.builds(lambda at: content[:at], anywhere),
        st.builds(_with_bytes, st.just(content), anywhere, st.binary(min_size=1, max_size=8)),
        st.builds(_without, st.just(content), anywhere, st.integers(1, 40)),
        st.just(b""),
    ]
    if name.endswith(".json"):
        values = st.builds(_with_value, st.just(content), st.randoms(), st.sampled_from(HOSTILE))
        ways += [values] * 4
    elif name.endswith((".txt", ".yaml")):
        words = st.sampled_from(
            ["nan", "-1", "1e400", "[", "*a", "&a [*a]", "{", "../..", "\0", "é"]
        )
        ways += [st.builds(_with_word, st.just(content), st.randoms(), words)] * 3
    return st.one_of(ways)


def _with_bytes(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at + len(new) :]


def _without(content: bytes, at: int, count: int) -> bytes:
    return content[:at] + content[at + count :]


def _with_word(content: bytes, random, word: str) -> bytes:
    words = content.decode("utf-8").split(" ")
    words[random.randrange(len(words))] = word
    return " ".join(words).encode()


def _with_value(content: bytes, random, value: object) -> bytes:
    whole = json.loads(content)
    places: list[tuple[dict | list, str | int]] = []
    waiting = [whole]
    while waiting:
        node = waiting.pop()
        for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
            places.append((node, key))
            if isinstance(inner, dict | list):
                waiting.append(inner)
    holder, key = places[random.randrange(len(places))]
    if random.random() < 0.2:
        del holder[key]
    else:
        holder[key] = value
    return json.dumps(whole).encode()

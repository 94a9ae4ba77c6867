"""YAML from files that somebody else wrote: texts, lists and mappings only."""

from pathlib import Path
from typing import Any

from segstudio.core.errors import ImageError
from segstudio.formats import texts

_LARGEST_BYTES = 1_000_000
_DEEPEST = 20


def read(path: Path) -> Any:
    """Read a YAML file; every scalar comes as the text that it is, ``no`` as “no”.

    Raises
    ------
    ImageError
        When it cannot be read, is larger than a megabyte, nested deep, or repeats parts of itself
        by reference: a few lines of that can stand for more than the memory holds.
    """
    import yaml

    text = texts.read_text(path, _LARGEST_BYTES)
    try:
        depth = 0
        for event in yaml.parse(text, yaml.SafeLoader):
            opens = isinstance(event, yaml.CollectionStartEvent)
            depth += opens - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
                raise ImageError(
                    f"{path.name} is nested deep or refers to itself, which no list of classes "
                    "needs. It is not read."
                )
        # The base loader makes nothing but text, lists and mappings.
        return yaml.load(text, yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        first = str(error).splitlines()[0] if str(error) else "it is damaged"
        raise ImageError(f"{path.name} is no YAML file that can be read: {first}.") from error


def text_of(content: Any) -> str:
    """Return content as YAML, in the order that it has."""
    import yaml

    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))

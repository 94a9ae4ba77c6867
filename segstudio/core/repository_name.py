"""Names of repositories of Hugging Face, such as ``someone/model``."""

import re

_PLACE = re.compile(r"(?:https?:/+)?(?:www\.)?(?:huggingface\.co|hf\.co)/+", re.IGNORECASE)
_BELOW = re.compile(r"/(?:tree|blob|resolve)/.*")
"""What follows a name in the address of a page or a file of the repository."""

_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)


def repository_of(text: str) -> str:
    """Return the name in what a person typed, or pasted as an address; empty where there is none.

    Examples
    --------
    >>> repository_of(" https://huggingface.co/someone/model/tree/main ")
    'someone/model'
    >>> repository_of("../model")
    ''
    """
    bare = text.strip()
    place = _PLACE.match(bare)
    if place is not None:
        bare = _BELOW.sub("", bare[place.end() :].partition("?")[0]).rstrip("/")
    return bare if _NAME.fullmatch(bare) else ""

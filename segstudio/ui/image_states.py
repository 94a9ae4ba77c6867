"""How the states of images are shown: a mark, a word, and the role of their colour."""

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from segstudio.core.image_record import ImageRecord, ImageState, Part


class Mark(NamedTuple):
    """Shape and colour of a state; the word says it too."""

    icon: str
    words: str
    role: str


STATES: dict[ImageState, Mark] = {
    ImageState.NEW: Mark("state-new", "New", "second"),
    ImageState.SEGMENTED: Mark("state-segmented", "Segmented", "second"),
    ImageState.IN_WORK: Mark("state-work", "In work", "warning"),
    ImageState.DONE: Mark("state-done", "Done", "success"),
    ImageState.CHECKED: Mark("state-checked", "Checked", "success"),
    ImageState.SKIPPED: Mark("state-skipped", "Skipped", "second"),
}
MISSING = Mark("file-missing", "File missing", "danger")
ALTERED = Mark("file-altered", "File changed", "warning")
FLAGGED = Mark("flag", "Flagged", "warning")
NOTED = Mark("note", "Note", "second")
PARTS: dict[Part, str] = {
    Part.NONE: "No part",
    Part.TRAINING: "Training",
    Part.VALIDATION: "Validation",
    Part.TEST: "Test",
}


def trouble_of(record: ImageRecord) -> Mark | None:
    """Return the mark of a file that is not what was labelled; None when all is well."""
    return MISSING if record.is_missing else ALTERED if record.is_altered else None


def flag_of(record: ImageRecord) -> Mark | None:
    """Return the mark of a flag or a note; None where there is neither."""
    return FLAGGED if record.flagged else NOTED if record.note else None


def words_of(record: ImageRecord) -> str:
    """Return state and part in words, such as ``Done · Test``."""
    state = translated(STATES[record.state].words)
    return f"{state} · {translated(PARTS[record.part])}" if record.part else state


def tip_of(record: ImageRecord) -> str:
    """Return all that is worth knowing of an image, a line each."""
    lines = [record.name, words_of(record)]
    trouble = trouble_of(record)
    if trouble is not None:
        lines.append(translated(trouble.words))
    if record.author:
        lines.append(translated("Last changed by {name}").format(name=record.author))
    if record.model:
        unsure = translated("{model}, {unsure} % unsure")
        lines.append(unsure.format(model=record.model, unsure=round(100 * record.unsure)))
    if record.note:
        lines.append(record.note)
    elif record.flagged:
        lines.append(translated(FLAGGED.words))
    return "\n".join(lines)


def translated(text: str) -> str:
    """Return words of these tables in the language of the program."""
    return QCoreApplication.translate("image_states", text)

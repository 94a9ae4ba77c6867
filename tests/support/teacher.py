"""A person who teaches models, and what they are told of it."""

from segstudio.core import taught_files
from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageState
from segstudio.editing.tool import Modifiers
from segstudio.session.material import Material

CAT, DOG, COW = range(3)


class Teacher:
    """Scribbles on photos of 120 x 90 pixels, and teaches from that."""

    def __init__(self, person) -> None:
        self.person, self.session = person, person.session
        self.teaching, self.versions = person.session.teaching, person.session.versions
        self.found: list = []
        self.failed: list[str] = []
        self.news: list = []
        self.teaching.found.connect(self.found.append)
        self.teaching.failed.connect(self.failed.append)
        self.teaching.progressed.connect(self.news.append)
        self.session.segmenting.start_engine()

    def open(self, *paths) -> None:
        self.person.open(*paths)
        self.ready()
        if not len(self.session.classes):
            self.session.set_classes(ClassTable.named(["cat", "dog", "cow"]))

    def ready(self) -> None:
        segmenting = self.session.segmenting
        self.person.until(lambda: segmenting.models and not segmenting.awaited)
        self.person.idle()

    def scribble(self, index, y, *, size=5) -> None:
        """Draw a line from left to right, about 500 pixels of it."""
        editor = self.session.editor
        editor.change(tool="brush", class_index=index)
        editor.set_size(size)
        editor.press((10.5, y + 0.5), Modifiers())
        editor.move((110.5, y + 0.5), Modifiers())
        editor.release()

    def scribble_on(self, row, *indices) -> None:
        self.person.show(row)
        for place, index in enumerate(indices):
            self.scribble(index, 20 + 20 * place)

    def done(self, row) -> None:
        self.session.set_state(row, ImageState.DONE)

    def usable(self):
        """What can be used, after everything was counted."""
        material = self.teaching.findChild(Material)
        with self.person.qtbot.waitSignal(material.counted):
            material.count_now()
        return self.teaching.usable()

    def teach(self):
        """Teach, and return what came of it: what was found, or why it failed."""
        before = len(self.found) + len(self.failed)
        self.teaching.start()
        self.over(before)
        return self.found[-1] if self.found else self.failed[-1]

    def over(self, before=0) -> None:
        self.person.until(lambda: len(self.found) + len(self.failed) > before)
        self.person.idle()

    def use(self) -> None:
        self.teaching.use()
        self.person.idle()
        self.ready()

    @property
    def model(self) -> str:
        """The name of the model that segments."""
        return self.session.options().model


def left_behind() -> list[str]:
    """Everything in the folder of taught models but models."""
    found = sorted(path.name for path in taught_files.folder().rglob("*"))
    return [name for name in found if name.startswith(".") or not name.endswith(".safetensors")]

"""A person who has a folder of images segmented while they go on working."""

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageState
from segstudio.session.batch import SegmentAll
from segstudio.session.batch_choice import Which, chosen
from segstudio.session.late_steps import LateSteps


class Batch:
    """A person with a folder of images, a project and Segment all."""

    def __init__(self, person, engine, folder) -> None:
        self.person, self.engine = person, engine
        self.session = person.session
        self.all = SegmentAll(self.session, LateSteps(self.session))
        self.session.segmenting.start_engine()
        person.until(lambda: self.session.segmenting.models)
        person.open(folder)
        names = [entry.name for entry in engine.models[0].classes][:4]
        self.session.set_classes(ClassTable.named(names))
        person.idle()

    def start(self, which=Which.NOT_SEGMENTED) -> None:
        records = self.session.images.records
        self.all.start(chosen(records, which), self.session.options())

    def over(self) -> None:
        self.person.until(lambda: self.all.run is None)
        self.person.idle()

    def state(self, name) -> ImageState:
        return self.session.images.state(self.session.images.root / name)

    @property
    def project(self):
        return self.session.project

    def planes(self, name):
        return self.project.load(name).planes

    def labels(self, name):
        return self.planes(name).labels

    @property
    def stored(self) -> list[str]:
        """The images that have labels in the project."""
        assert self.project.flush(10) == ""
        return sorted(name for name, r in self.project.records().items() if r.has_labels)

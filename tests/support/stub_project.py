"""A project without a file: it keeps steps in memory, as they are handed over."""

import json

import numpy as np

from segstudio.core.image_record import ImageState
from segstudio.core.patch import Planes
from segstudio.project.store import StoredLabels


class StubProject:
    """Stands in for a project where only steps and values matter."""

    def __init__(self) -> None:
        self.held_by = ""
        self.planes: dict[str, Planes] = {}
        self.records: dict[str, object] = {}
        self.steps: list[tuple[str, object]] = []
        self.confidence: dict[str, np.ndarray] = {}
        self.values: dict[str, str] = {}

    def load(self, name, size=None):
        planes = self.planes.get(name)
        if planes is None:
            return None
        copies = Planes(planes.labels.copy(), planes.ink.copy())
        return StoredLabels(copies, ImageState.NEW)

    def keep_step(self, record, patch):
        size = (record.height, record.width)
        blank = Planes(np.full(size, 255, np.uint8), np.zeros(size, np.uint8))
        patch.apply(self.planes.setdefault(record.name, blank))
        self.records[record.name] = record
        self.steps.append((record.name, patch))

    def keep_confidence(self, name, confidence):
        self.confidence[name] = confidence

    def value(self, key, default):
        return json.loads(self.values[key]) if key in self.values else default

    def keep_value(self, key, content):
        self.values[key] = json.dumps(content)

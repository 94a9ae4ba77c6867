"""A folder of images with a project, for tests that open it again and again."""

from pathlib import Path

from segstudio.project.project import Project


class Places:
    """A folder of images and the user's folder; a new project object is a new start."""

    def __init__(self, root: Path) -> None:
        self.images = root / "photos"
        self.home = root / "home"
        self.images.mkdir(exist_ok=True)
        self.file = self.images / "project.segstudio"
        self._open: list[Project] = []

    def project(self) -> Project:
        project = Project(self.images, self.home)
        self._open.append(project)
        return project

    def end_all(self) -> None:
        for project in self._open:
            project.end()

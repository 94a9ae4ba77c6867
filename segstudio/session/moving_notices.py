"""What is told of images that moved, changed or vanished, each thing once."""

from PySide6.QtCore import QObject, SignalInstance

from segstudio.session.notice import Notice, NoticeKind


class MovingNotices(QObject):
    """Sentences about files, with the buttons that go with them."""

    def __init__(self, noticed: SignalInstance, parent: QObject) -> None:
        """Tell through a signal that carries a `Notice`."""
        super().__init__(parent)
        self._noticed = noticed
        self._missing: frozenset[str] = frozenset()
        self._unreadable: tuple[str, ...] = ()

    def forget(self, missing: frozenset[str] = frozenset()) -> None:
        """Begin anew, for other images; of those missing it was told already."""
        self._missing = missing
        self._unreadable = ()

    def altered(self, name: str) -> None:
        """Say that an image is not what its labels were made for."""
        text = self.tr("%s has changed since it was labelled. Its labels stay; look at them.")
        fits = ("labels_fit", self.tr("They fit"))
        self._tell(text % name.rpartition("/")[2], fits)

    def linked(self, count: int) -> None:
        """Say that labels have followed their images."""
        if not count:
            return
        one = self.tr("1 image was moved; its labels went with it.")
        several = self.tr("%d images were moved; their labels went with them.")
        text = one if count == 1 else several % count
        self._noticed.emit(Notice(text, NoticeKind.TOAST))

    def missing(self, names: frozenset[str]) -> None:
        """Say how many images have no file, if there are more than were told."""
        new, self._missing = names - self._missing, names
        if not new:
            return
        one = self.tr("1 image is not where it was.")
        several = self.tr("%d images are not where they were.")
        text = one if len(names) == 1 else several % len(names)
        self._tell(text, ("find_moved", self.tr("Find…")))

    def unreadable(self, names: tuple[str, ...]) -> None:
        """Say what could not be looked at."""
        new, self._unreadable = names != self._unreadable, names
        if not new or not names:
            return
        one = self.tr("%s cannot be read and is left out. Check its permissions.")
        several = self.tr(
            "%s and %d more cannot be read and are left out. Check their permissions."
        )
        others = len(names) - 1
        self._tell(several % (names[0], others) if others else one % names[0])

    def _tell(self, text: str, *actions: tuple[str, str]) -> None:
        self._noticed.emit(Notice(text, NoticeKind.BANNER, actions))

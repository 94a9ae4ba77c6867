"""The line below the images: how many are done, and how long the rest will take."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

_MINUTE, _HOUR = 60, 3600


class ImagesProgress(QLabel):
    """Says ``118 of 340 done · about 2 h 10 min left``, in the strip on two lines."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("images_progress")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "secondary")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self._is_narrow = True
        self._progress: tuple[int, int, float | None] = (0, 0, None)

    def set_narrow(self, is_narrow: bool) -> None:
        """Use two short lines, for the strip."""
        self._is_narrow = is_narrow
        self.set_progress(*self._progress)

    def set_progress(self, done: int, total: int, seconds_left: float | None) -> None:
        """Show how far the work is; None where nobody knows how long the rest takes."""
        self._progress = (done, total, seconds_left)
        how_many = self.tr("{done} of {total} done").format(done=f"{done:,}", total=f"{total:,}")
        if not seconds_left:
            self.setText(how_many if total else "")
            self.setToolTip("")
            return
        time = self._time(seconds_left)
        whole = f"{how_many} · " + self.tr("about {time} left").format(time=time)
        short = f"{how_many}\n" + self.tr("≈ {time} left").format(time=time)
        self.setText(short if self._is_narrow else whole)
        self.setToolTip(whole)

    def _time(self, seconds: float) -> str:
        minutes = max(1, math.ceil(seconds / _MINUTE))
        if minutes > 20:
            minutes = 5 * math.ceil(minutes / 5)
        if seconds < _HOUR and minutes < 60:
            return self.tr("%d min") % minutes
        hours, minutes = divmod(10 * math.ceil(minutes / 10), 60)
        if hours >= 10 or not minutes:
            return self.tr("%d h") % round(hours + minutes / 60)
        return self.tr("{hours} h {minutes} min").format(hours=hours, minutes=minutes)

"""The line below the images: how many are done, and how long the rest will take."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

_MINUTE, _HOUR = 60, 3600


class ImagesProgress(QLabel):
    """Says ``118 of 340 done · about 2 h 10 min left``, on two lines where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("images_progress")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "secondary")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)

    def set_progress(self, done: int, total: int, seconds_left: float | None) -> None:
        """Show how far the work is; None where nobody knows how long the rest takes."""
        text = self.tr("{done} of {total} done").format(done=f"{done:,}", total=f"{total:,}")
        if seconds_left:
            text += " · " + self.tr("about {time} left").format(time=self._time(seconds_left))
        # Only at the dot and within "about … left" may the line break.
        self.setText(text)

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

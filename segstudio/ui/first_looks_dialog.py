"""How right the model was at first, image by image, as people found when they were done."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.core.first_look import FirstLook
from segstudio.ui import first_look_text, theme
from segstudio.ui.controls import Segment, Segmented, named, text_label
from segstudio.ui.score_chart import ScoreChart, paint_mark

DIALOG_SIZE = (820, 520)
_SMALLEST = (640, 400)
_SEGMENT_WIDTH = 110


class _Legend(QWidget):
    """The mark and the title of each model, in a row."""

    _HEIGHT, _MARK, _GAP = 20, 16, 16

    def __init__(self) -> None:
        super().__init__()
        named(self, "first_look_legend", self.tr("Models"))
        self._titles: tuple[str, ...] = ()
        self.setFixedHeight(self._HEIGHT)

    def set_titles(self, titles: Sequence[str]) -> None:
        self._titles = tuple(titles)
        self.setAccessibleDescription(", ".join(titles))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, self._HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.SECONDARY_PX))
        left = 0
        for number, title in enumerate(self._titles):
            paint_mark(painter, QPointF(left + 6, self._HEIGHT / 2), number)
            painter.setPen(theme.current().of("text"))
            painter.drawText(left + self._MARK, self._HEIGHT // 2 + 4, title)
            width = painter.fontMetrics().horizontalAdvance(title)
            left += self._MARK + width + self._GAP
        painter.end()


class FirstLooksDialog(QDialog):
    """Shows the scores in the order of the work; a click on one asks for its image."""

    image_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "first_looks_dialog", self.tr("How good is the model"))
        self.setWindowTitle(self.tr("How good is the model"))
        self.resize(*DIALOG_SIZE)
        self.setMinimumSize(*_SMALLEST)
        self._looks: Sequence[FirstLook] = ()
        self._titles: Mapping[str, str] = {}
        self._build_parts()
        head = QHBoxLayout()
        head.addWidget(text_label(self.tr("How good is the model"), "title"), 1)
        head.addWidget(self._measure)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self._leans, 1)
        foot.addStretch(0)
        foot.addWidget(self._close, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._line)
        column.addWidget(self._chart, 1)
        column.addWidget(self._legend)
        column.addWidget(self._empty, 1)
        column.addLayout(foot)
        self._measure.chosen.connect(self._on_measure)
        self._chart.chosen.connect(self.image_requested)
        self._close.clicked.connect(self.accept)
        self.set_looks((), {})

    def _build_parts(self) -> None:
        segments = [
            Segment("accuracy", self.tr("Pixels right")),
            Segment("miou", self.tr("Mean IoU")),
        ]
        self._measure = Segmented(
            "first_look_measure",
            self.tr("Measure"),
            segments,
            width=_SEGMENT_WIDTH,
            takes_focus=True,
        )
        self._measure.set_value("accuracy")
        self._line = text_label("", "body")
        self._line.setObjectName("first_look_line")
        self._chart = ScoreChart("first_look_chart", self.tr("First maps in the order of work"))
        self._legend = _Legend()
        self._leans = text_label(
            self.tr(
                "The model's first map of each image, compared with the image when it was done. "
                "It leans to the machine: what nobody looked at closely counts as right. "
                "Click a point to open its image."
            ),
            "secondary",
        )
        self._leans.setWordWrap(True)
        self._empty = text_label(
            self.tr(
                "Nothing to see yet. Segment images that you have not painted on,\n"
                "correct them, and mark them done (T): each adds a point."
            ),
            "secondary",
        )
        self._empty.setObjectName("first_looks_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._close = named(QPushButton(self.tr("Close")), "first_looks_close", self.tr("Close"))
        self._close.setAutoDefault(False)

    def set_looks(self, looks: Sequence[FirstLook], titles: Mapping[str, str]) -> None:
        """Show looks in the order of the work; `titles` are those of models by name."""
        self._looks, self._titles = tuple(looks), titles
        self._show()

    def _show(self) -> None:
        measure, titles = self._measure.value, self._titles
        points = first_look_text.points(self._looks, measure, titles)
        scores = [point.score for point in points]
        means = first_look_text.running_means(scores)
        ends = (self.tr("First image"), self.tr("Last image")) if len(points) > 1 else ("", "")
        self._chart.set_points(
            points, means if len(points) > 1 else (), foot=ends, is_share=measure == "accuracy"
        )
        models = first_look_text.models_of(self._looks)
        self._legend.set_titles([titles.get(name, name) for name in models])
        self._line.setText(first_look_text.line(scores, measure))
        for part in (self._line, self._chart, self._legend, self._leans, self._measure):
            part.setVisible(bool(self._looks))
        self._empty.setVisible(not self._looks)

    def _on_measure(self, _key: str) -> None:
        self._show()

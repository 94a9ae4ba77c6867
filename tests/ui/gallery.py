"""Show the parts of the window with made-up values, to judge how they look.

Run as ``python tests/ui/gallery.py [dark|light] [WIDTH HEIGHT] [start|many]``.
"""

import sys
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from segstudio import assets
from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.editing.brush import Tip
from segstudio.editing.tool_state import ToolState
from segstudio.ui import actions, icons, theme
from segstudio.ui.class_panel import ClassPanel
from segstudio.ui.images_panel import ImagesPanel
from segstudio.ui.model_panel import ModelChoice, ModelPanel
from segstudio.ui.notice_frame import CanvasFrame
from segstudio.ui.notices import Chip
from segstudio.ui.options_bar import OptionsBar
from segstudio.ui.rail import ToolRail
from segstudio.ui.start_cards import PlaceValues
from segstudio.ui.start_page import StartPage, samples_in
from segstudio.ui.status_bar import StatusBar

NAMES = [
    *("person", "animal", "vehicle", "vegetation", "sky", "water"),
    *("road", "building", "food", "furniture", "object", "ground"),
]


class FakeCanvas(QWidget):
    def paintEvent(self, event):  # noqa: N802 - Qt's own name
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().of("canvas"))
        wide = QLinearGradient(0, 0, 0, self.height())
        wide.setColorAt(0, QColor("#8fb3d9"))
        wide.setColorAt(1, QColor("#6b7a4f"))
        width = self.height() * 4 // 3
        painter.fillRect((self.width() - width) // 2, 0, width, self.height(), wide)
        painter.end()


def options_bar() -> OptionsBar:
    table = ClassTable.named(NAMES)
    bar = OptionsBar()
    bar.set_tool("brush")
    bar.set_class(table.get(3), "4")
    bar.set_options(ToolState(tip=Tip(40)))
    bar.set_scope("unlabelled")
    bar.set_overlay_style("both")
    bar.set_opacity(55)
    bar.set_can_redo(False)
    return bar


def images_panel(mode: str) -> ImagesPanel:
    panel = ImagesPanel()
    panel.set_mode(mode)
    panel.setFixedWidth(104 if mode == "strip" else 240)
    new, segmented, work, done, checked, skipped = ImageState
    states = (done, checked, work, segmented, skipped, work)
    records = [
        ImageRecord(f"field_{at:03}.jpg", states[at] if at < len(states) else new)
        for at in range(340)
    ]
    records[0] = replace(records[0], part=Part.TEST)
    records[2] = replace(records[2], flagged=True, note="The roof is missing.")
    records[3] = replace(records[3], note="Fine.")
    records[5] = replace(records[5], is_missing=True)
    records[6] = replace(records[6], is_altered=True)
    panel.set_images(records)
    panel.set_current(2)
    panel.set_progress(118, 340, 7800)
    picture = QImage(160, 120, QImage.Format.Format_RGB32)
    picture.fill(QColor("#8fb3d9"))
    for row in range(12):
        panel.set_thumbnail(row, picture)
    return panel


def class_panel(table: ClassTable) -> ClassPanel:
    panel = ClassPanel()
    panel.set_model_knows("Scenes", ClassTable.named(NAMES))
    panel.set_classes(table)
    panel.set_active(3)
    panel.set_shares({0: 0.12, 3: 0.31, 4: 0.4, 6: 0.004}, 0.124)
    return panel


def model_panel() -> ModelPanel:
    panel = ModelPanel()
    panel.set_models(
        [ModelChoice("scenes", "Scenes", 12, "0.8 s here · IoU 0.52 on unseen photos")]
    )
    panel.set_model("scenes")
    panel.set_refinement("guided")
    panel.set_refine_times({"none": 0.0, "guided": 0.038, "crf": 1.9})
    panel.set_smoothness(60)
    panel.set_matching(12, 12)
    panel.set_result("0.8 s · 71 % sure", "kept 2,310 px of yours")
    return panel


def status_bar() -> StatusBar:
    bar = StatusBar()
    bar.set_hints("Drag to paint · Ctrl erases · Shift draws a line · [ ] size · K paint over")
    bar.set_pixel("640, 412 · vegetation · 93 %")
    bar.set_zoom(0.37)
    bar.set_place(3, 340)
    bar.set_save_state("saved")
    bar.set_device("CPU")
    return bar


def start_page() -> StartPage:
    page = StartPage()
    page.set_samples(samples_in(assets.path("samples")))
    picture = QImage(312, 140, QImage.Format.Format_RGB32)
    picture.fill(QColor("#8fb3d9"))
    page.set_places(
        [
            PlaceValues("flowers", "118 of 340 done", "yesterday", "", picture),
            PlaceValues("street, autumn", "2 of 7 done", "3 days ago", "", picture),
        ]
    )
    page.set_hints({1})
    page.set_version("segstudio 0.1")
    page.set_warning("Dense CRF is not installed; the edge filter is used. How to add it")
    return page


def work_page(size: tuple[int, int], table: ClassTable) -> QWidget:
    page = QWidget()
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    rail = ToolRail()
    rail.set_tool("brush")
    frame = CanvasFrame(FakeCanvas())
    frame.progress.set_fraction(0.4)
    frame.banner.tell(
        "scan_014.tif could not be read: the file ends after 31 %.",
        (("show", "Show in folder"), ("skip", "Skip it")),
        tone="warning",
    )
    frame.chips.set_chips([Chip("scope", "Only unlabelled"), Chip("hidden", "2 classes hidden")])
    frame.toast.tell("Labels saved beside the images", ("undo", "Undo"))
    frame.tag.tell(QPoint(400, 300), "Nothing painted: only unlabelled pixels (K)", stays=True)
    side = QWidget()
    side.setFixedWidth(268 if size[0] < 1500 else 320)
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(class_panel(table), 1)
    column.addWidget(model_panel())
    row.addWidget(rail)
    row.addWidget(images_panel("strip" if size[0] < 1800 else "list"))
    row.addWidget(frame, 1)
    row.addWidget(side)
    return page


def main(arguments: list[str]) -> None:
    app = QApplication(arguments)
    theme.Appearance(app, arguments[1] if len(arguments) > 1 else "dark")
    size = (int(arguments[2]), int(arguments[3])) if len(arguments) > 3 else (1280, 720)
    what = arguments[4] if len(arguments) > 4 else "work"
    window = QMainWindow()
    window.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    window.setWindowIcon(icons.app_icon())
    made = actions.build(window)
    for name in ("tool_brush", "overlay", "theme_dark", "panel_images"):
        made[name].setChecked(True)
    actions.build_menus(window, made)
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    table = ClassTable() if what == "setup" else ClassTable.named(NAMES)
    if what == "many":
        table = ClassTable.named([f"class {at}" for at in range(40)])
    if what == "start":
        column.addWidget(start_page(), 1)
    else:
        column.addWidget(options_bar())
        column.addWidget(work_page(size, table), 1)
    column.addWidget(status_bar())
    window.setCentralWidget(page)
    window.resize(*size)
    window.move(0, 0)
    window.show()
    app.exec()


if __name__ == "__main__":
    main(sys.argv)

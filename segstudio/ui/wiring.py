"""Connecting the window's parts to the session: what changed goes down, wishes go up."""

from collections.abc import Iterator

from segstudio.session.session import Session
from segstudio.ui.batch_wiring import BatchWiring
from segstudio.ui.canvas_menu_wiring import CanvasMenuWiring
from segstudio.ui.canvas_wiring import CanvasWiring
from segstudio.ui.chip_wiring import ChipWiring
from segstudio.ui.class_table_wiring import ClassTableWiring
from segstudio.ui.class_wiring import ClassWiring
from segstudio.ui.closing import Closing
from segstudio.ui.commands import Commands
from segstudio.ui.evaluation_wiring import EvaluationWiring
from segstudio.ui.first_looks_wiring import FirstLooksWiring
from segstudio.ui.history_wiring import HistoryWiring
from segstudio.ui.image_wiring import ImageWiring
from segstudio.ui.mark_wiring import MarkWiring
from segstudio.ui.model_wiring import ModelWiring
from segstudio.ui.models_wiring import ModelsWiring
from segstudio.ui.notice_wiring import NoticeWiring
from segstudio.ui.overlay_wiring import OverlayWiring
from segstudio.ui.place_wiring import PlaceWiring
from segstudio.ui.project_wiring import ProjectWiring
from segstudio.ui.region_wiring import RegionWiring
from segstudio.ui.statistics_wiring import StatisticsWiring
from segstudio.ui.teach_wiring import TeachWiring
from segstudio.ui.theme import Appearance
from segstudio.ui.tool_wiring import ToolWiring
from segstudio.ui.unsure_wiring import UnsureWiring
from segstudio.ui.versions_wiring import VersionsWiring
from segstudio.ui.view_wiring import ViewWiring
from segstudio.ui.who_wiring import WhoWiring
from segstudio.ui.window import MainWindow


def connect(window: MainWindow, session: Session, appearance: Appearance) -> Iterator[None]:
    """Connect everything, in two pieces; each part of the wiring belongs to the window."""
    NoticeWiring(window, session)
    CanvasWiring(window, session)
    tools = ToolWiring(window, session)
    overlay = OverlayWiring(window, session)
    chips = ChipWiring(window, session, overlay)
    classes = ClassWiring(window, session)
    tables = ClassTableWiring(window, session, classes)
    ImageWiring(window, session)
    marks = MarkWiring(window, session)
    model = ModelWiring(window, session, classes)
    yield
    models = ModelsWiring(window, session, model)
    batch = BatchWiring(window, session, classes)
    teach = TeachWiring(window, session, batch)
    VersionsWiring(window, session)
    HistoryWiring(window, session)
    StatisticsWiring(window, session)
    who = WhoWiring(window, session)
    regions = RegionWiring(window, session)
    CanvasMenuWiring(window, session, classes=classes, regions=regions, who=who)
    views = ViewWiring(window, session, chips)
    evaluation = EvaluationWiring(window, session, views.layers)
    FirstLooksWiring(window, session)
    UnsureWiring(window, session)
    PlaceWiring(window, session)
    ProjectWiring(window, session)
    commands = Commands(
        window,
        session,
        appearance,
        tools=tools,
        overlay=overlay,
        classes=classes,
        class_table=tables,
        model=model,
        models=models,
        batch=batch,
        marks=marks,
        regions=regions,
    )
    Closing(window, session, (batch, teach, models, evaluation, commands.export))

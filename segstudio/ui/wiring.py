"""Connecting the window's parts to the session: what changed goes down, wishes go up."""

from segstudio.session.session import Session
from segstudio.ui.batch_wiring import BatchWiring
from segstudio.ui.class_table_wiring import ClassTableWiring
from segstudio.ui.class_wiring import ClassWiring
from segstudio.ui.commands import Commands
from segstudio.ui.edit_wiring import EditWiring
from segstudio.ui.image_wiring import ImageWiring
from segstudio.ui.late_panels import LatePanels
from segstudio.ui.mark_wiring import MarkWiring
from segstudio.ui.merge_flow import MergeFlow
from segstudio.ui.model_wiring import ModelWiring
from segstudio.ui.notice_wiring import NoticeWiring
from segstudio.ui.place_wiring import PlaceWiring
from segstudio.ui.project_wiring import ProjectWiring
from segstudio.ui.theme import Appearance
from segstudio.ui.window import MainWindow


def connect(window: MainWindow, session: Session, appearance: Appearance) -> Commands:
    """Connect everything; each part of the wiring belongs to the window."""
    edit = EditWiring(window, session)
    classes = ClassWiring(window, session)
    tables = ClassTableWiring(window, session, classes)
    ImageWiring(window, session)
    marks = MarkWiring(window, session)
    model = ModelWiring(window, session, classes)
    NoticeWiring(window, session)
    batch = BatchWiring(window, session, classes)
    MergeFlow(window, session)
    LatePanels(window, session)
    PlaceWiring(window, session)
    ProjectWiring(window, session)
    return Commands(
        window,
        session,
        appearance,
        edit=edit,
        classes=classes,
        class_table=tables,
        model=model,
        batch=batch,
        marks=marks,
    )

"""The dialog of models at work: what is shown in it, and what its wishes come to."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, Signal

from segstudio.core.classes import ClassTable
from segstudio.core.model_info import ModelInfo
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.session import Session
from segstudio.ui import model_files
from segstudio.ui.compare_wiring import CompareWiring
from segstudio.ui.model_imports import ModelImports
from segstudio.ui.model_text import size_text
from segstudio.ui.models_dialog import ModelsDialog
from segstudio.ui.window import MainWindow


class ModelsFlow(QObject):
    """Opens the dialog, keeps it up to date, and asks before what cannot be taken back.

    A licence that forbids use for money is shown before its model is fetched or used; who has
    said "anyway" once is not asked again about that model.
    """

    use_requested = Signal(str)
    """Name of a model to segment with from now on."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._shelf = session.models
        self._dialog: ModelsDialog | None = None
        self._compare: CompareWiring | None = None
        self._added = ""
        self._imports = ModelImports(session, self)
        self._imports.added.connect(self._on_added)
        shelf = self._shelf
        shelf.models_changed.connect(self._show_models)
        shelf.fetches_changed.connect(self._show_models)
        shelf.fetch_progressed.connect(self._on_progressed)
        shelf.values_changed.connect(self._on_values_changed)
        shelf.exported.connect(self._on_exported)
        session.settings.changed.connect(self._on_setting)

    @property
    def dialog(self) -> ModelsDialog | None:
        """The dialog, while it is open."""
        return self._dialog

    def open(self, name: str = "") -> ModelsDialog:
        """Open the dialog, at a model where one is named."""
        if self._dialog is None:
            self._dialog = self._build()
            self._shelf.refresh()
            self._shelf.ask_architectures()
            self._show_models()
            self._dialog.models.choose(self._used())
            self._dialog.open()
            self._dialog.models.list.setFocus()
            self._imports.offer()
        if name:
            self._dialog.show_page("models")
            self._dialog.models.choose(name)
        self._dialog.raise_()
        return self._dialog

    def _build(self) -> ModelsDialog:
        dialog = ModelsDialog(self._window)
        size = self._session.settings.get("models.size")
        if len(size) == 2:
            dialog.resize(*size)
        self._compare = CompareWiring(dialog.compare, self._session, dialog)
        self._compare.use_requested.connect(self.use)
        card = dialog.models.card
        card.use_requested.connect(self.use)
        card.default_requested.connect(self._make_default)
        card.compare_requested.connect(self._compare_with)
        card.fetch_requested.connect(self._fetch)
        card.cancel_requested.connect(self._shelf.cancel_fetch)
        card.rename_requested.connect(self._shelf.rename)
        card.values_requested.connect(self._on_values)
        card.remove_requested.connect(self._on_remove)
        card.export_requested.connect(self._on_export)
        dialog.bar.confirmed.connect(self._on_confirmed)
        dialog.page_changed.connect(self._on_page)
        dialog.architectures.wanted.connect(self._shelf.ask_architectures)
        self._shelf.architectures_told.connect(dialog.architectures.set_known)
        self._shelf.architectures_told.connect(dialog.models.set_architectures)
        dialog.values.change_requested.connect(self._shelf.set_values)
        self._imports.begin(dialog)
        dialog.finished.connect(self._on_closed)
        return dialog

    # What it shows ---------------------------------------------------------------------------

    def tell_failure(self, sentence: str) -> bool:
        """Say in the dialog what went wrong; False while it is not open."""
        if self._dialog is None:
            return False
        self._dialog.bar.tell(sentence, tone="danger")
        return True

    def _show_models(self) -> None:
        dialog = self._dialog
        if dialog is None:
            return
        known = {model.name for model in self._shelf.models}
        coming = [_coming(name) for name in self._shelf.fetching if name not in known]
        dialog.models.set_models(
            [*self._shelf.models, *coming], used=self._used(), can_compare=self._can_compare()
        )
        offered = self._shelf.offered(self._used())
        dialog.set_can_compare(self._can_compare() and len(offered) > 1)
        dialog.compare.set_used(self._used())
        self._show_shares()
        if self._added and self._shelf.find(self._added) is not None:
            dialog.models.choose(self._added)
            self._added = ""

    def _show_shares(self) -> None:
        if self._dialog is not None:
            self._dialog.models.set_shares(self._shelf.fetching)

    def _on_progressed(self, _name: str, _share: float) -> None:
        self._show_shares()

    def _on_setting(self, name: str) -> None:
        if name == "model.name":
            self._show_models()

    def _used(self) -> str:
        segmenting = self._session.segmenting
        model = segmenting.model(self._session.settings.get("model.name"))
        return model.name if model is not None else ""

    def _can_compare(self) -> bool:
        return self._session.document is not None and len(self._session.segmenting.models) > 1

    def _on_page(self, page: str) -> None:
        if self._compare is None:
            return
        if page == "compare":
            self._compare.show()
        else:
            self._compare.leave()

    def _compare_with(self, name: str) -> None:
        if not self._may(name, "compare", self.tr("Compare anyway")):
            return
        assert self._dialog is not None
        assert self._compare is not None
        others = [m.name for m in self._shelf.offered(self._used()) if m.name != name]
        # Beside the one in use, which is always offered; where that is it, beside another one.
        left, right = (self._used(), name)
        if name == self._used():
            left, right = name, next(iter(others), name)
        self._dialog.show_page("compare")
        self._compare.show(left, right)

    def _on_closed(self, _result: int) -> None:
        dialog, self._dialog = self._dialog, None
        if self._compare is not None:
            self._compare.leave()
            self._compare = None
        self._imports.end()
        if dialog is not None:
            self._session.settings.set("models.size", list(dialog.size().toTuple()))
            dialog.deleteLater()

    # Use, default, fetch ---------------------------------------------------------------------

    def use(self, name: str) -> None:
        """Segment with a model from now on; its licence is shown before, where it has to be."""
        if self._may(name, "use", self.tr("Use anyway")):
            self.use_requested.emit(name)

    def _make_default(self, name: str) -> None:
        if self._may(name, "default", self.tr("Use anyway")):
            self._shelf.set_default(name)

    def _fetch(self, name: str) -> None:
        if self._may(name, "fetch", self.tr("Fetch anyway")):
            self._shelf.fetch(name)

    def _may(self, name: str, deed: str, verb: str) -> bool:
        """Tell whether the licence of a model was seen or allows all; else it is shown."""
        model = self._shelf.find(name)
        if model is None or self._shelf.may_use(model):
            return True
        dialog = self.open(name)
        text = self.tr("The licence of %s does not allow commercial use: %s")
        licence = model.licence or self.tr("it says no more than that.")
        dialog.bar.ask(text % (model.title, licence), f"{deed}:{name}", verb, is_danger=False)
        return False

    def _on_confirmed(self, key: str) -> None:
        deed, _, name = key.partition(":")
        deeds: dict[str, Callable[[str], None]] = {
            "use": self.use,
            "compare": self._compare_with,
            "default": self._make_default,
            "fetch": self._fetch,
            "remove": self._shelf.remove,
        }
        if deed != "remove":
            self._shelf.accept(name)
        deeds[deed](name)

    # Values, remove, export ------------------------------------------------------------------

    def _on_values(self, name: str) -> None:
        model = self._shelf.find(name)
        if model is not None and self._dialog is not None:
            self._dialog.values.set_model(model)
            self._dialog.show_page("values")

    def _on_values_changed(self, model: ModelInfo) -> None:
        if self._dialog is not None:
            self._dialog.show_page("models")
            text = self.tr("The values of %s were changed. The next Segment works with them.")
            self._dialog.bar.tell(text % model.title)

    def _on_remove(self, name: str) -> None:
        model = self._shelf.find(name)
        if model is None or self._dialog is None:
            return
        text = self.tr("Remove %s? Its file, %s, is deleted from this computer.")
        question = text % (model.title, size_text(model.size_bytes))
        self._dialog.bar.ask(question, f"remove:{name}", self.tr("Remove"), is_danger=True)

    def _on_export(self, name: str, form: str) -> None:
        model = self._shelf.find(name)
        if model is None or self._dialog is None:
            return
        path = model_files.ask_where_to_export(self._dialog, model.title, form)
        if path is not None:
            self._dialog.bar.tell(self.tr("Writing %s…") % path.name)
            self._shelf.export(name, path, form)

    def _on_exported(self, path: str) -> None:
        text = self.tr("Written: %s") % path
        if self._dialog is not None:
            self._dialog.bar.tell(text)
        else:
            self._session.noticed.emit(Notice(text, NoticeKind.TOAST))

    def _on_added(self, name: str) -> None:
        self._added = name


def _coming(repository: str) -> ModelInfo:
    """Return what is known of a repository while it is being fetched: its name."""
    note = QCoreApplication.translate(
        "ModelsFlow", "What is in it, and its licence, is shown before it is imported."
    )
    return ModelInfo(
        name=repository,
        title=repository,
        path="",
        classes=ClassTable(),
        miou=None,
        refine="none",
        kind="published",
        is_installed=False,
        architecture="Hugging Face",
        note=note,
    )

"""What the stub of the engine answers about models: a shelf in memory."""

import threading
from dataclasses import replace
from pathlib import Path

from segstudio.core.architecture_info import ArchitectureInfo, ParameterInfo
from segstudio.core.errors import Cancelled
from segstudio.core.model_proposal import ModelProposal
from segstudio.engine.model_messages import (
    ArchitecturesReply,
    ArchitecturesRequest,
    ChangeModelRequest,
    DefaultModelRequest,
    ExportModelRequest,
    FetchModelRequest,
    FetchRepositoryRequest,
    ImportModelRequest,
    InspectModelRequest,
    RemoveModelRequest,
    RenameModelRequest,
)

_CHOICES = ArchitectureInfo(
    "unet",
    (ParameterInfo("encoder_depth", "5", "3 to 5", "Stages of the encoder that are used."),),
    (("small", "encoder_depth 4"),),
    ("ResNet-18", "ResNet-50"),
)

_OF_MODELS = ArchitectureInfo(
    "deeplabv3plus",
    (
        ParameterInfo("encoder_output_stride", "16", "8, 16", "How coarse the last map is."),
        ParameterInfo("decoder_aspp_separable", "true", "true or false", "Cheaper."),
    ),
    (),
    (),
)


class Gate:
    """Holds answers back while it is closed."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()
        self.waiting = threading.Event()

    def close(self) -> None:
        self.waiting.clear()
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    @property
    def is_open(self) -> bool:
        return self._open.is_set()

    def pass_through(self, cancelled) -> None:
        while not self._open.is_set():
            self.waiting.set()
            if cancelled is not None and cancelled.is_set():
                raise Cancelled
            self._open.wait(0.005)


class StubShelf:
    """Changes `client.models` as the engine would.

    A fetch tells `shares`, then waits at the gate; `error` is raised instead of an answer, and
    `proposal` is what is found in a file.
    """

    def __init__(self, client) -> None:
        self._client = client
        self.gate = Gate()
        self.shares = (0.25, 0.5)
        self.error: Exception | None = None
        self.proposal = ModelProposal(
            path="",
            kind="weights",
            name="mine",
            title="Mine",
            architecture="deeplabv3plus",
            encoder="resnet18",
            classes=("person", "sky"),
            mean=(0.485, 0.456, 0.406),
            std=(0.229, 0.224, 0.225),
            assumed=("mean", "std", "channel_order"),
        )

    def answer(self, request, report, cancelled):
        if self.error is not None:
            raise self.error
        match request:
            case ArchitecturesRequest():
                return ArchitecturesReply((_CHOICES, _OF_MODELS))
            case FetchModelRequest(name=name):
                for share in self.shares:
                    report(share, "fetch")
                self.gate.pass_through(cancelled)
                return self._change(name, path=name, is_installed=True)
            case FetchRepositoryRequest(repository=name):
                for share in self.shares:
                    report(share, "fetch")
                self.gate.pass_through(cancelled)
                source = f"https://huggingface.co/{name}"
                return replace(self.proposal, path=f"/fetched/{name}", source=source)
            case ChangeModelRequest(name=name, values=values):
                return self._change(name, **vars(values))
            case InspectModelRequest(path=path):
                return replace(self.proposal, path=path)
            case ImportModelRequest(proposal=proposal):
                first = self._client.models[0]
                made = replace(
                    first,
                    name=proposal.name,
                    title=proposal.title,
                    kind="own",
                    is_default=False,
                    is_commercial=proposal.is_commercial,
                )
                self._client.models += (made,)
                return made
            case RenameModelRequest(name=name, title=title):
                return self._change(name, title=title)
            case RemoveModelRequest(name=name):
                self._client.models = tuple(m for m in self._client.models if m.name != name)
                return ""
            case DefaultModelRequest(name=name):
                chosen = [replace(m, is_default=m.name == name) for m in self._client.models]
                self._client.models = tuple(sorted(chosen, key=lambda m: not m.is_default))
                return ""
            case ExportModelRequest(path=path):
                Path(path).write_bytes(b"model")
                return path
        raise AssertionError(request)

    def _change(self, name, **changes):
        models = self._client.models
        self._client.models = tuple(replace(m, **changes) if m.name == name else m for m in models)
        return next(m for m in self._client.models if m.name == name)

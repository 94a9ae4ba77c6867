import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import segstudio
from segstudio.cli import cluster
from segstudio.cli.main import main
from segstudio.cli.outcome import as_json
from segstudio.cli.sources import OVERLAY, find_sources
from segstudio.core.errors import EngineError

distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")

START_S = 120
"""Until a worker is there, on a machine that has much else to do."""


@dataclass
class Workers:
    """A scheduler in this process, and workers that are processes of their own."""

    scheduler: distributed.LocalCluster
    folder: Path
    running: list[subprocess.Popen] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.scheduler.scheduler_address

    def at_least(self, count: int) -> None:
        while len(self.running) < count:
            # Only one has a nanny: the one without is gone when it is killed.
            nanny = "--no-nanny" if self.running else "--nanny"
            words = ["worker", self.address, nanny, "--nthreads", "1", "--no-dashboard"]
            words += ["--local-directory", str(self.folder)]
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words],
                cwd=self.folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self.running.append(process)
        with distributed.Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=START_S)

    def kill_last(self) -> None:
        process = self.running.pop()
        process.kill()
        process.wait()

    def dismiss(self) -> None:
        for process in self.running:
            process.terminate()
        while self.running:
            self.running.pop().wait(START_S)


def new_scheduler():
    loopback = {"protocol": "tcp://", "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    return distributed.LocalCluster(n_workers=0, processes=False, **loopback)


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    started = Workers(new_scheduler(), tmp_path_factory.mktemp("workers"))
    yield started
    started.dismiss()
    started.scheduler.close()


@pytest.fixture
def segment(model_file, tmp_path, capsys):
    """Run the command, and return the code, what it printed for each image, and its complaints."""

    def run(*words, out):
        words = ["segment", *words, "--model", model_file, "--out", tmp_path / out, "--json"]
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        rows = [json.loads(line) for line in captured.out.splitlines()]
        for row in rows:
            assert set(row.pop("ms")) >= {"read", "encoder", "write"}
        return code, rows, captured.err

    return run


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.model
def test_a_killed_worker_costs_no_image_and_no_pixel(
    workers, segment, photo, model_file, tmp_path
) -> None:
    from segstudio.inference.segmenter import SegmentSettings

    workers.at_least(2)
    for number in range(12):
        photo(tmp_path / "in" / f"{number}.png", (40 + number, 64), seed=number)
    code, rows, _ = segment(
        tmp_path / "in", "--refine", "guided", "--precision", "full", "--overlay", out="here"
    )
    assert code == 0
    sources = find_sources([tmp_path / "in"], tmp_path / "there")
    settings = SegmentSettings(refine="guided", precision="full")
    results = cluster.segment_all(
        sources, model_file, settings, tmp_path / "there", workers.address, more=[OVERLAY]
    )
    outcomes = [next(results)]
    workers.kill_last()
    outcomes += results
    told = [as_json(outcome, "tiny") for outcome in outcomes]
    assert [{**row, "ms": None} for row in told] == [{**row, "ms": None} for row in rows]
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="needs a path that leads elsewhere elsewhere")
def test_images_that_workers_do_not_see_are_sent_to_them(
    workers, segment, photo, tmp_path, monkeypatch
) -> None:
    workers.at_least(1)
    photo(tmp_path / "in" / "a.jpg", (64, 50))
    photo(tmp_path / "in" / "b" / "a.png", (1, 1))
    (tmp_path / "in" / "bad.jpg").write_bytes(b"no picture at all")
    (tmp_path / "in" / "empty.png").touch()
    monkeypatch.chdir(tmp_path)
    words = ["/proc/self/cwd/in", "--refine", "crf", "--confidence"]
    here = segment(*words, "--precision", "full", out="here")
    there = segment(*words, "--scheduler", workers.address, out="there")
    assert here[0] == 1
    assert there == here
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


@pytest.mark.model
def test_what_no_worker_can_do_ends_the_run_with_their_sentence(
    workers, segment, photo, tmp_path
) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has the device that the test misses")
    workers.at_least(1)
    photo(tmp_path / "a.png")
    code, _, complaint = segment(
        *(tmp_path / "a.png", "--device", "cuda", "--scheduler", workers.address), out="out"
    )
    assert code == 2
    assert "no cuda device" in complaint


@pytest.mark.model
def test_a_run_whose_workers_all_leave_ends_with_a_sentence(
    workers, photo, model_file, tmp_path, monkeypatch
) -> None:
    from segstudio.inference.segmenter import SegmentSettings

    monkeypatch.setattr(cluster, "PATIENCE_S", 0.5)
    workers.at_least(1)
    for number in range(12):
        photo(tmp_path / "in" / f"{number}.png", (64, 64), seed=number)
    sources = find_sources([tmp_path / "in"], tmp_path / "out")
    settings = SegmentSettings(refine="none")
    results = cluster.segment_all(sources, model_file, settings, tmp_path / "out", workers.address)
    next(results)
    workers.dismiss()
    with pytest.raises(EngineError, match="All workers are gone"):
        list(results)


def test_a_scheduler_without_workers_is_a_sentence(segment, photo, tmp_path) -> None:
    path = photo(tmp_path / "a.png")
    with new_scheduler() as alone:
        address = alone.scheduler_address
        code, _, complaint = segment(path, "--scheduler", address, out="out")
        assert code == 2
        assert "no workers" in complaint
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "tcp://127.0.0.1", "nonsense", "a:b:c"])
def test_an_address_without_a_scheduler_is_a_sentence(
    segment, photo, tmp_path, monkeypatch, address
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 0.2)
    path = photo(tmp_path / "a.png")
    code, _, complaint = segment(path, "--scheduler", address, out="out")
    assert code == 2
    assert f"no Dask scheduler at {address}." in complaint


def test_without_the_extra_its_installation_is_told(segment, photo, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    path = photo(tmp_path / "a.png")
    code, _, complaint = segment(path, "--scheduler", "tcp://127.0.0.1:1", out="out")
    assert code == 2
    assert "segstudio[cluster]" in complaint


def test_another_version_or_none_is_refused_by_name() -> None:
    ours = segstudio.__version__
    cluster.check_versions({"scheduler": ours, "worker a": ours, "worker b": OSError("gone")})
    with pytest.raises(EngineError, match=r"worker a has segstudio 0\.0\.1"):
        cluster.check_versions({"scheduler": ours, "worker a": "0.0.1"})
    with pytest.raises(EngineError, match="scheduler lacks segstudio"):
        cluster.check_versions({"scheduler": ModuleNotFoundError("segstudio")})

"""``segstudio project merge`` on two real copies."""

import json

import pytest
from two_copies import TwoCopies

from segstudio.cli import main as cli
from segstudio.core.image_record import ImageState


@pytest.fixture
def two(tmp_path):
    """Ben went on with a.png, both with b.png, nobody with c.png."""
    made = TwoCopies(tmp_path)
    made.ben.paint("a.png", (0, 0, 3, 8), 1)
    made.ann.paint("b.png", (0, 0, 4, 8), 1)
    made.ben.paint("b.png", (2, 0, 6, 8), 2)
    made.ben.say("c.png", state=ImageState.DONE, done_at=2000.0)
    for person in (made.ann, made.ben):
        assert person.project.flush(10) == ""
    made.end()
    return made


def merge(two, *more):
    return cli.main(["project", "merge", str(two.ann.folder), str(two.ben.folder), *more])


def reopened(person):
    """Read again what the command wrote."""
    return type(person)(person.folder, person.name)


def test_conflicts_stop_it_and_nothing_is_changed(two, capsys):
    before = two.ann.project.file.read_bytes()
    assert merge(two) == 2
    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if line.startswith("b.png"))
    assert row.split()[:2] == ["b.png", "conflict"]
    assert "Nothing was changed" in out
    assert two.ann.project.file.read_bytes() == before


@pytest.mark.parametrize("choice", ["mine", "theirs", "both"])
def test_a_choice_solves_them_and_the_report_says_so(two, capsys, choice):
    theirs = two.ben.project.file.read_bytes()
    assert merge(two, "--conflicts", choice, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["taken"], said["conflicts"], said["same"], said["stopped"]) == (2, 1, 0, False)
    rows = {row["image"]: row for row in said["images"]}
    assert (rows["a.png"]["labels"], rows["a.png"]["steps"]) == ("theirs", 1)
    assert (rows["c.png"]["labels"], rows["c.png"]["fields"]) == ("same", ["state"])
    assert rows["b.png"]["labels"] == choice
    assert rows["b.png"]["iou"] == 0
    assert rows["b.png"]["worst_class"] == "cat"
    assert two.ben.project.file.read_bytes() == theirs
    ann = reopened(two.ann)
    column = ann.planes("b.png").labels[:, 7].tolist()
    assert (
        column
        == {
            "mine": [1, 1, 1, 1, 255, 255],
            "theirs": [255, 255, 2, 2, 2, 2],
            "both": [1, 1, 1, 1, 2, 2],
        }[choice]
    )
    assert ann.record("c.png").state is ImageState.DONE
    ann.project.end()
    assert merge(two) == 0
    assert "0 images only the other copy touched, 0 conflicts" in capsys.readouterr().out


def test_an_image_that_is_not_here_makes_it_partly_done(two, capsys):
    (two.ann.folder / "z.png").unlink(missing_ok=True)
    ben = reopened(two.ben)
    ben.paint("z.png", (0, 0, 2, 2), 1)
    assert ben.project.flush(10) == ""
    ben.project.end()
    assert merge(two, "--conflicts", "mine") == 1
    assert "z.png is not among the images here" in capsys.readouterr().out


def test_what_is_no_project_is_told_in_a_sentence(two, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert cli.main(["project", "merge", str(tmp_path / "empty"), str(two.ben.folder)]) == 2
    assert "no project in" in capsys.readouterr().err
    assert cli.main(["project", "merge", str(two.ann.folder), str(tmp_path / "empty")]) == 2
    assert "no project in" in capsys.readouterr().err
    assert not list((tmp_path / "empty").iterdir())


def test_a_project_that_is_open_in_a_window_is_not_merged_into(two, capsys, monkeypatch):
    from segstudio.project import holder

    ann = reopened(two.ann)
    ann.say("c.png", note="open")
    assert ann.project.flush(10) == ""
    # Another process asks: this one is not the holder, and is told that the holder lives.
    other = holder.Holder("other", "Eve", "elsewhere", 1, 0.0, 0.0, 0.0)
    monkeypatch.setattr(holder, "this_window", lambda: other)
    assert merge(two, "--conflicts", "theirs") == 2
    assert "open in another window" in capsys.readouterr().err
    ann.project.end()

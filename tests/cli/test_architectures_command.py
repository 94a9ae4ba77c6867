import json

from segstudio.cli.main import main
from segstudio.models import networks
from segstudio.models.encoder_table import ENCODERS


def objects(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_architecture_is_listed(capsys) -> None:
    assert main(["architectures", "--json"]) == 0
    assert [row["architecture"] for row in objects(capsys)] == list(networks.ARCHITECTURES)


def test_what_is_shown_of_a_parameter_can_be_typed_back(capsys) -> None:
    for name, row in networks.ARCHITECTURES.items():
        assert main(["architectures", name]) == 0
        lines = capsys.readouterr().out.splitlines()
        known = {p.name: p for p in row.parameters}
        shown = [line.split() for line in lines if line.split() and line.split()[0] in known]
        assert [words[0] for words in shown] == list(known)
        for words in shown:
            assert known[words[0]].read(words[1]) == known[words[0]].value


def test_encoders_say_whether_their_weights_are_here(capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("SEGSTUDIO_HOME", str(tmp_path))
    assert main(["architectures", "--encoders", "--json"]) == 0
    rows = {row["encoder"]: row["weights"] for row in objects(capsys)}
    assert list(rows) == list(ENCODERS)
    assert rows["lite0"] == "with the program"
    assert rows["resnet18"] == "to be fetched, 47 MB"


def test_an_unknown_name_lists_those_there_are(capsys) -> None:
    assert main(["architectures", "segnet"]) == 2
    assert "fcn8s" in capsys.readouterr().err

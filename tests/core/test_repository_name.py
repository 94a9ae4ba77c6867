import pytest

from segstudio.core.repository_name import repository_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nvidia/segformer-b0", "nvidia/segformer-b0"),
        (" someone/model.v2 ", "someone/model.v2"),
        ("https://huggingface.co/someone/model", "someone/model"),
        ("https:/huggingface.co/someone/model", "someone/model"),  # as a path is written
        ("huggingface.co/someone/model/", "someone/model"),
        ("https://hf.co/someone/model/blob/main/config.json?x=1", "someone/model"),
        ("https://huggingface.co/models", ""),
        ("https://example.org/someone/model", ""),
        ("a/b/c", ""),
        ("model", ""),
        ("../model", ""),
        ("./model", ""),
        ("/etc/model", ""),
        ("some one/model", ""),
        ("", ""),
    ],
)
def test_names_of_repositories_are_told_from_paths_and_found_in_addresses(text, name):
    assert repository_of(text) == name

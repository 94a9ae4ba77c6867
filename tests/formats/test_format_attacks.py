"""Readers meet damaged files: they say so in a sentence, or read what is left."""

import golden_sets
import mutations
import pytest

from segstudio.formats import format_table

NAMES = (*golden_sets.NAMES, "label-studio", "isat")


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_refused_with_a_sentence(name, request):
    source = format_table.find_source(name)
    mutations.attack(
        golden_sets.GOLDEN / name,
        lambda path: mutations.read_all(source, path),
        examples=request.config.getoption("--fuzz"),
    )


@pytest.mark.parametrize("name", NAMES)
def test_telling_what_a_folder_is_takes_damaged_files_too(name, request):
    mutations.attack(
        golden_sets.GOLDEN / name,
        lambda path: [row.is_here(path) for row in format_table.SOURCES.values()],
        examples=max(3, request.config.getoption("--fuzz") // 4),
    )

import numpy as np
import pytest

from segstudio import assets
from segstudio.formats import images as pictures
from segstudio.inference import predictor as predictors
from segstudio.inference import segmenter
from segstudio.inference.progress import drained
from segstudio.inference.segmenter import SegmentSettings
from segstudio.models import bundled, checkpoint

FILES = bundled.files()


@pytest.mark.parametrize("name", FILES)
def test_bundled_model_is_small_and_its_card_says_what_it_is(name) -> None:
    spec = checkpoint.read_spec(FILES[name])
    assert spec.name == name
    assert spec.licence
    assert spec.note
    assert FILES[name].stat().st_size <= 12_000_000
    assert 0 < spec.metrics["miou"] < 1
    card = FILES[name].with_suffix(".md").read_text(encoding="utf-8")
    for heading in ("## Data", "## Training", "## Measured", "## Limits"):
        assert heading in card
    for entry in spec.classes:
        assert entry.name in card
    for line in card.splitlines():
        if line.startswith("!["):
            picture = FILES[name].parent / line.split("](")[1].rstrip(")")
            assert picture.stat().st_size <= 60_000


def test_default_model_finds_the_person_in_a_portrait() -> None:
    if bundled.DEFAULT not in FILES:
        pytest.skip("this checkout has no bundled model")
    image = pictures.read_image(assets.path("samples/astronaut.jpg"))
    predictor = predictors.load(FILES[bundled.DEFAULT], "cpu")
    result = drained(segmenter.segment(image, predictor, SegmentSettings("none")))
    person = next(entry for entry in predictor.spec.classes if entry.name == "person")
    assert np.mean(result.label_map == person.index) > 0.3

from dataclasses import replace

from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.session.evaluating import Which, chosen


def test_models_are_measured_on_images_that_people_are_done_with():
    records = [ImageRecord(state.value, state) for state in ImageState]
    records += [
        ImageRecord("tested", ImageState.DONE, part=Part.TEST),
        ImageRecord("not ready", ImageState.IN_WORK, part=Part.TEST),
    ]
    done = [record.name for record in chosen(records, Which.DONE)]
    assert done == ["done", "checked", "tested"]
    assert [record.name for record in chosen(records, Which.TEST)] == ["tested"]
    gone = [replace(record, is_missing=True) for record in records]
    assert chosen(gone, Which.DONE) == []

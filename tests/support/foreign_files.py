"""Files of programs whose formats are only read: Label Studio's exports and ISAT's objects."""

import json

import golden_sets
import numpy as np


def packed(values: np.ndarray, widths=(3, 4, 8, 16)) -> list[int]:
    """Return values (N,) uint8 as Label Studio packs them: runs, and single values in between."""
    values = np.asarray(values).ravel()
    text = f"{values.size:032b}{7:05b}" + "".join(f"{width - 1:04b}" for width in widths)
    ends = [*(np.flatnonzero(np.diff(values.astype(int))) + 1).tolist(), values.size]
    pieces, start = [text], 0
    for end in ends:
        while start < end:
            count = min(end - start, 2 ** widths[-1])
            kind = next(n for n, width in enumerate(widths) if count <= 2**width)
            head = f"{count > 1:b}{kind:02b}{count - 1:0{widths[kind]}b}"
            pieces.append(head + f"{values[start]:08b}")
            start += count
    text = "".join(pieces)
    text += "0" * (-len(text) % 8)
    return [int(text[at : at + 8], 2) for at in range(0, len(text), 8)]


def brush(mask: np.ndarray, label: str, **more) -> dict:
    """Return a result of a brush, as a full export has it."""
    coloured = np.repeat(mask.astype(np.uint8).ravel() * 255, 4)
    value = {"format": "rle", "rle": packed(coloured), "brushlabels": [label]}
    return {
        "original_width": mask.shape[1],
        "original_height": mask.shape[0],
        "image_rotation": 0,
        "value": value,
        "id": f"{label}-{int(mask.sum())}",
        "type": "brushlabels",
    } | more


def task(image: str, *results: dict, **more) -> dict:
    """Return a task with one annotation."""
    return {"id": 1, "data": {"image": image}, "annotations": [{"result": list(results)}]} | more


def isat(name: str, size: tuple[int, int], objects: list[tuple]) -> dict:
    """Return a file of ISAT; objects are (category, layer, points)."""
    info = {"description": "ISAT", "folder": "..\\photos", "name": name}
    info |= {"width": size[1], "height": size[0], "depth": 3, "note": ""}
    rows = [
        {"category": category, "group": 1, "segmentation": points, "layer": layer}
        for category, layer, points in objects
    ]
    return {"info": info, "objects": rows}


def write_golden() -> None:
    """Write what lies in tests/golden/formats for the two."""
    first, _ = golden_sets.maps()
    folder = golden_sets.GOLDEN / "label-studio"
    folder.mkdir(parents=True, exist_ok=True)
    results = [brush(first == 3, "ground"), brush(first == 7, "tree, tall")]
    square = {"points": [[33.4, 33.4], [50, 33.4], [50, 55.5], [33.4, 55.5]]}
    results.append(results[0] | {"id": "p", "value": square | {"polygonlabels": ["water"]}})
    content = [task("/data/upload/1/0a1b2c3d-image-0.png", *results)]
    (folder / "export.json").write_text(json.dumps(content), "utf-8")
    golden_sets.picture(folder / "image-0.png", first.shape)
    folder = golden_sets.GOLDEN / "isat"
    folder.mkdir(parents=True, exist_ok=True)
    objects = [
        ("tree", 2.0, [[2, 1], [8, 1], [8, 6], [2, 6]]),
        ("__background__", 3.0, [[4, 3], [5, 3], [5, 4], [4, 4]]),
        ("ground", 1.0, [[0, 0], [11, 0], [11, 8], [0, 8]]),
    ]
    (folder / "image-0.json").write_text(json.dumps(isat("image-0.png", (9, 12), objects)), "utf-8")
    listed = (
        "label:\n- color: '#000000'\n  name: __background__\n- color: '#008000'\n  name: tree\n"
    )
    (folder / "isat.yaml").write_text(listed, "utf-8")
    golden_sets.picture(folder / "image-0.png", first.shape)


if __name__ == "__main__":
    write_golden()

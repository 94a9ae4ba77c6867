"""Python that loads datasets of annotation files, for the page beside an export."""

from segstudio.core.classes import ClassTable

_COCO = """
from pathlib import Path

import numpy as np
from PIL import Image
from pycocotools.coco import COCO

CLASSES = {names}  # a category id less one is the place in this list; 255 counts for nothing
coco = COCO(str(sorted(Path("annotations").glob("instances_*.json"))[0]))
info = coco.loadImgs(coco.getImgIds()[0])[0]
image = np.array(Image.open(next(Path("images").rglob(info["file_name"]))).convert("RGB"))
labels = np.full((info["height"], info["width"]), 255, np.uint8)
for row in coco.loadAnns(coco.getAnnIds(imgIds=info["id"])):
    labels[coco.annToMask(row) > 0] = row["category_id"] - 1
"""

_PANOPTIC = """
import json
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = {names}  # a category id less one is the place in this list; 255 counts for nothing
file = sorted(Path("annotations").glob("panoptic_*.json"))[0]
row = json.loads(file.read_text(encoding="utf-8"))["annotations"][0]
picture = np.array(Image.open(file.with_suffix("") / row["file_name"])).astype(int)
ids = picture[..., 0] + 256 * picture[..., 1] + 256**2 * picture[..., 2]
labels = np.full(ids.shape, 255, np.uint8)
for segment in row["segments_info"]:
    labels[ids == segment["id"]] = segment["category_id"] - 1
"""

_YOLO = """
from ultralytics import YOLO

# {names} without a background, which YOLO does not have.
YOLO("yolo11n-seg.yaml").train(data="data.yaml", epochs=100)
"""

_LABELME = """
import base64
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

CLASSES = {names}  # the place in this list is the number in labels; 255 counts for nothing
files = [p for p in sorted(Path(".").rglob("*.json")) if '"shapes"' in p.read_text("utf-8")]
content = json.loads(files[0].read_text(encoding="utf-8"))
labels = np.full((content["imageHeight"], content["imageWidth"]), 255, np.uint8)
for shape in content["shapes"]:
    drawn = Image.new("L", labels.shape[::-1])
    if shape["mask"]:
        cut = Image.open(io.BytesIO(base64.b64decode(shape["mask"])))
        drawn.paste(cut, tuple(shape["points"][0]))
    else:
        ImageDraw.Draw(drawn).polygon([tuple(p) for p in shape["points"]], fill=1, outline=1)
    labels[np.array(drawn) > 0] = CLASSES.index(shape["label"])
"""

_DATUMARO = """
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = {names}  # the place in this list is the number in a mask; 255 counts for nothing
file = sorted(Path(".").rglob("masks/*.png"))[0]
labels = np.array(Image.open(file))
image = np.array(Image.open(next((file.parents[1] / "images").glob(file.stem + ".*"))))

# datumaro.Dataset.import_from(".", "common_semantic_segmentation") reads a folder of masks too.
"""

_CODE = {
    "coco": _COCO,
    "coco-panoptic": _PANOPTIC,
    "yolo": _YOLO,
    "labelme": _LABELME,
    "datumaro": _DATUMARO,
}


def of_format(name: str, names: list[str]) -> str:
    """Return the code for a format, with the names of the classes in it."""
    return _CODE[name].format(names=names)


def names_of(classes: ClassTable) -> list[str]:
    """Return names of which the place in the list is the index."""
    by_index = {entry.index: entry.name for entry in classes}
    return [by_index.get(index, "") for index in range(max(by_index, default=-1) + 1)]

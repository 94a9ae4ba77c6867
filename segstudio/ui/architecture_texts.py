"""What the window tells about each architecture: how it works, and when to choose it.

Keyed by the names of `segstudio.models.networks.ARCHITECTURES`, which the window never imports.
"""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

_CONTEXT = "architecture_texts"


@dataclass(frozen=True)
class ArchitectureText:
    """One paragraph: what happens inside, and what that is good for."""

    how: str
    when: str


_TEXTS: dict[str, ArchitectureText] = {
    "deeplabv3plus": ArchitectureText(
        "The encoder makes the image smaller step by step, but its last stage keeps its size: the "
        "convolutions there take in every second place instead (atrous convolution), so that they "
        "still see far. Pyramid pooling (ASPP) then looks at the result with small and large "
        "distances at once, and at the average of the whole image. A short decoder adds an early, "
        "fine map before the labels are read off, which sharpens the borders.",
        "The first choice for photos and street scenes: wide view, good borders, moderate memory.",
    ),
    "deeplabv3": ArchitectureText(
        "Atrous convolutions keep the last maps at an eighth of the image, and pyramid pooling "
        "(ASPP) looks at them with several distances at once and at the average of the whole "
        "image. The labels are read off there and enlarged; nothing finer is added.",
        "For large objects and scenes. Borders are softer than with DeepLabV3+, and it is slower; "
        "many published models have this form.",
    ),
    "pspnet": ArchitectureText(
        "The image is averaged over a few grids: as a whole, in 2 x 2, 3 x 3 and 6 x 6 cells. "
        "These averages are laid beside the encoder's last map, so that each place knows what kind "
        "of scene it belongs to. Atrous convolutions keep that map at an eighth of the image.",
        "Where the surroundings decide: rooms, land use, streets. Not for thin or tiny things. As "
        "it looks at the whole image, working in parts of an image gives other results.",
    ),
    "fcn32s": ArchitectureText(
        "The plainest of its family: the encoder makes the image 32 times smaller, each place of "
        "that coarse map is classified, and the result is enlarged in one go.",
        "To see what the skips of FCN-16s and FCN-8s bring. Results are blobs without borders.",
    ),
    "fcn16s": ArchitectureText(
        "Like FCN-32s, but the coarse result is doubled in size and added to a second one, read "
        "off a map that is twice as fine. This is a skip: a shortcut from an early stage to the "
        "end.",
        "A step between the two others; choose FCN-8s unless memory is short.",
    ),
    "fcn8s": ArchitectureText(
        "The network that began it all. The result of the coarsest map is doubled and added to "
        "that of the next finer one, and once more: coarse maps know what it is, fine ones where. "
        "What remains is enlarged eight times.",
        "Quick to train and easy to follow. Borders are rougher than those of U-Net.",
    ),
    "unet": ArchitectureText(
        "What the encoder makes smaller in five steps, the decoder enlarges in five steps. At each "
        "of them a skip brings over the encoder's map of the same size, so that the details lost "
        "on the way down are there again on the way up.",
        "Cells, tissue, aerial images, cracks: fine structures, and few labelled images. It takes "
        "more memory, as it works up to full size.",
    ),
    "unetplusplus": ArchitectureText(
        "A U-Net whose skips are small networks of their own: between the two sides lie further "
        "steps, each of which mixes its neighbour with the enlarged map from below.",
        "A little finer than U-Net on medical images, at about twice the time and memory.",
    ),
    "linknet": ArchitectureText(
        "A U-Net that adds the encoder's maps instead of laying them beside its own, and first "
        "makes them narrower. That leaves little to compute.",
        "Where speed counts: video, weak computers.",
    ),
    "manet": ArchitectureText(
        "A U-Net with attention: at the coarsest map each place weighs all others, and each step "
        "of the decoder weighs which of its maps matter.",
        "Things of very different size in one image, such as organs or lesions. It needs more "
        "memory than U-Net.",
    ),
    "fpn": ArchitectureText(
        "From the coarsest map down to a quarter of the image, each finer map is added to the "
        "enlarged one above it. All maps of this pyramid are then brought to one size and joined.",
        "Objects of many sizes, at little cost. A good second choice beside DeepLabV3+.",
    ),
    "pan": ArchitectureText(
        "Attention over a small pyramid of the coarsest map finds what matters in the image; on "
        "the way up, coarse maps decide which parts of the fine ones are let through.",
        "Large images with clear objects, where a light decoder is wanted. Small images are "
        "filled up to 128 pixels.",
    ),
    "upernet": ArchitectureText(
        "The pyramid of PSPNet on the coarsest map, and the one of FPN over the finer ones: scene "
        "and sizes together. All maps are joined at a quarter of the image.",
        "Many classes and many images, with a large encoder and a GPU.",
    ),
    "segformer": ArchitectureText(
        "Maps of all sizes are brought to one width and to a quarter of the image, laid on top of "
        "each other and classified. There are no convolutions that look around: the encoder has "
        "done all of that.",
        "A light end for a strong encoder; less is to be gained with a small one.",
    ),
    "plain": ArchitectureText(
        "A few convolutions of 3 x 3, one after the other, at full size. Nothing is made smaller, "
        "so that each pixel sees only a few pixels around it, and every step costs the whole "
        "image.",
        "The yardstick: it shows why the others make the image smaller first. Useful only where "
        "colour and texture alone tell the classes apart.",
    ),
}


def names() -> tuple[str, ...]:
    """Return the architectures that have a text."""
    return tuple(_TEXTS)


def text_of(architecture: str) -> ArchitectureText | None:
    """Return what to tell about an architecture, or None about one that is not ours."""
    text = _TEXTS.get(architecture)
    if text is None:
        return None
    return ArchitectureText(
        QCoreApplication.translate(_CONTEXT, text.how),
        QCoreApplication.translate(_CONTEXT, text.when),
    )

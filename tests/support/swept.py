"""What a brush covers, as a mask to compare with brute force."""

from segstudio.editing.brush import sweep


def swept(tip, start, end, *, height, width):
    """Return the region that a tip covers and a mask of its shape."""
    found = sweep(tip, start, end, height=height, width=width)
    return found.region, found.mask()

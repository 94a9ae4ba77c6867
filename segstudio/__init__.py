"""segstudio: label images for semantic segmentation by correcting a model."""

__version__ = "0.1.0"

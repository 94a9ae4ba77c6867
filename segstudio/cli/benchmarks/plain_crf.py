"""One call of pydensecrf2 on everything: what a program does that uses the library itself."""

import numpy as np

from segstudio.core.arrays import Image, Probabilities
from segstudio.inference.mean_field import CrfSettings


def refine(image: Image, probabilities: Probabilities, settings: CrfSettings) -> Probabilities:
    """Refine (K, H, W) float32 probabilities at their own size."""
    from pydensecrf.densecrf import DenseCRF2D
    from pydensecrf.utils import unary_from_softmax

    count, height, width = probabilities.shape
    field = DenseCRF2D(width, height, count)
    field.setUnaryEnergy(unary_from_softmax(probabilities))
    field.addPairwiseGaussian(sxy=settings.gaussian_sxy, compat=settings.gaussian_compat)
    field.addPairwiseBilateral(
        sxy=settings.bilateral_sxy,
        srgb=settings.bilateral_srgb,
        rgbim=np.ascontiguousarray(image),
        compat=settings.bilateral_compat,
    )
    return np.array(field.inference(settings.iterations)).reshape(count, height, width)

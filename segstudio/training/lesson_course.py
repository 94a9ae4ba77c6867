"""The course of a lesson: which layers learn when, and for how many steps.

Of a model that was taken over only the layers that score classes learn at first. Together with the
others they would spoil these while they know nothing yet: "Fine-Tuning can Distort Pretrained
Features and Underperform Out-of-Distribution" (Kumar et al., 2022). One photo of pedestrians with
four scribbles gave 0.28 mIoU on others with everything at once, 0.48 with these layers alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from segstudio.core import class_balance
from segstudio.models.network import SegmentationNetwork
from segstudio.training import lesson_network
from segstudio.training.group import Group
from segstudio.training.learner import Learner
from segstudio.training.lesson_images import LessonImages
from segstudio.training.lesson_network import Beginning
from segstudio.training.lesson_run import LessonRun, Stretch
from segstudio.training.pauses import between_layers

LEAST_STEPS, STEPS_AN_IMAGE, MOST_STEPS = 100, 10, 400
"""By the number of images: with more steps, few images are learned by heart."""

STEPS_OF_ALL = 10
"""Times as many where the encoder learns as well."""

SCORING_STEPS, SCORING_SHARE = 80, 0.3
"""For the layers that score classes alone, and their share of the time."""

TOLD_APART = 0.4
"""Loss at which those layers tell the labelled pixels apart.

Without held-out images nothing says whether more would be better elsewhere: it is left at that.
"""


@dataclass(frozen=True, eq=False)
class Course:
    """How one lesson goes.

    Attributes
    ----------
    pause : callable
        Called between layers.
    plenty : float
        How many times as many steps as usual.
    """

    beginning: Beginning
    images: LessonImages
    run: LessonRun
    pause: Callable[[], None]
    plenty: float

    def follow(self, network: SegmentationNetwork, seconds: float) -> tuple[Learner, bool]:
        """Have the network learn.

        Returns
        -------
        Learner
            Whose averaged weights are those to keep.
        bool
            Whether somebody ended it early.
        """
        if self.beginning.taken is not network:
            learner = self._learner(self.beginning, network)
            return learner, self._learned(learner, Stretch(seconds, self._steps()))
        scoring = {id(values) for values in self.beginning.scoring()}
        rest = [values for values in network.parameters() if id(values) not in scoring]
        for values in rest:
            values.requires_grad = False
        learner = self._learner(self._scoring_alone(), network)
        steps = min(self._steps(), round(self.plenty * SCORING_STEPS))
        share = SCORING_SHARE
        is_stopped = self._learned(learner, Stretch(share * seconds, steps, last=share))
        is_enough = not self.images.held_out and self.run.loss < TOLD_APART
        if is_stopped or is_enough:
            return learner, is_stopped
        network.load_state_dict(learner.averaged.state_dict())
        for values in rest:
            values.requires_grad = True  # what is kept all the same, the learner sees to
        learner = self._learner(self.beginning, network)
        rest_of_all = Stretch((1.0 - share) * seconds, self._steps(), first=share)
        return learner, self._learned(learner, rest_of_all)

    def _scoring_alone(self) -> Beginning:
        settings = self.beginning.settings
        recipe = replace(settings.recipe, norms="frozen", last_blocks=None, encoder_rate=1.0)
        rate = lesson_network.SCORING_RATE
        alone = replace(settings, frozen=True, learning_rate=rate, recipe=recipe)
        return replace(self.beginning, settings=alone)

    def _learner(self, beginning: Beginning, network: SegmentationNetwork) -> Learner:
        pixels = self.images.pixels[self.images.training].sum(axis=0)
        weights = class_balance.class_weights(pixels)
        return Learner(beginning.settings, network, weights, Group(), taken=beginning.taken)

    def _learned(self, learner: Learner, stretch: Stretch) -> bool:
        with (
            between_layers(learner.network, self.pause),
            between_layers(learner.averaged, self.pause),
        ):
            return self.run.train(learner, stretch)

    def _steps(self) -> int:
        usual = min(MOST_STEPS, LEAST_STEPS + STEPS_AN_IMAGE * len(self.images.training))
        times = 1 if self.beginning.settings.frozen else STEPS_OF_ALL
        return round(self.plenty * usual * times)

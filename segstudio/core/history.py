"""The steps of one image, to go back and forth in."""

from collections.abc import Iterable
from dataclasses import dataclass

from segstudio.core.patch import Origin, PackedPatch, Patch, StoredPatch, pack, unpack

HISTORY_BUDGET_BYTES = 512 * 2**20
"""What the steps of one image may hold in all; the oldest go first."""

READY_BUDGET_BYTES = 256 * 2**20
"""What the steps nearest to the present may hold unpacked, so that undo need not wait."""


Form = Patch | PackedPatch | StoredPatch


@dataclass
class Step:
    """One patch: ready, packed, or in the project file."""

    form: Form

    @property
    def origin(self) -> Origin:
        """Where the step comes from."""
        return self.form.origin

    @property
    def pixels(self) -> int:
        """How many pixels the step changes."""
        return self.form.pixels

    def ready(self) -> Patch:
        """Return the patch itself.

        Raises
        ------
        StorageError
            When it lies in a file that cannot be read.
        """
        return ready(self.form)


def ready(form: Form) -> Patch:
    """Return the patch of any form."""
    if isinstance(form, StoredPatch):
        return form.read()
    return unpack(form) if isinstance(form, PackedPatch) else form


class History:
    """Patches in order and a position among them: all before it are done, the rest undone.

    Without a limit in count; when packed steps exceed `budget` bytes, the next `push` forgets the
    oldest. Packing takes long (0.7 s for all of 72 Mpx), so that only `rebalance` and `pack_all`
    do it, which any thread may call: they replace each step's form by an equal one and change
    nothing else.
    """

    def __init__(
        self,
        steps: Iterable[Form] = (),
        position: int = 0,
        *,
        budget: int = HISTORY_BUDGET_BYTES,
        ready_budget: int = READY_BUDGET_BYTES,
    ) -> None:
        self.budget = budget
        self.ready_budget = ready_budget
        self.steps = [Step(form) for form in steps]
        self.position = position

    @property
    def nbytes(self) -> int:
        """Bytes held by all steps."""
        return sum(step.form.nbytes for step in self.steps)

    @property
    def last(self) -> Step | None:
        """The step that undo would take back."""
        return self.steps[self.position - 1] if self.can_undo else None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self.position > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self.position < len(self.steps)

    def push(self, patch: Patch) -> None:
        """Add a step that has just been done; what was undone before it is forgotten."""
        del self.steps[self.position :]
        self._forget_oldest(min(patch.nbytes, self.budget // 8))
        self.steps.append(Step(patch))
        self.position += 1

    def undo(self) -> Patch | None:
        """Move one step back and return the patch to revert; None at the start."""
        if not self.can_undo:
            return None
        patch = self.steps[self.position - 1].ready()
        self.position -= 1
        return patch

    def redo(self) -> Patch | None:
        """Move one step forward and return the patch to apply; None at the end."""
        if not self.can_redo:
            return None
        patch = self.steps[self.position].ready()
        self.position += 1
        return patch

    def rebalance(self) -> None:
        """Unpack the steps nearest to the present and pack the others, within both budgets."""
        steps, position = list(self.steps), self.position
        nearest = sorted(range(len(steps)), key=lambda i: abs(i + 0.5 - position))
        room = self.ready_budget
        near = []
        for step in (steps[i] for i in nearest):
            form = step.form
            room -= form.nbytes if isinstance(form, Patch) else form.unpacked_nbytes
            if room >= 0:
                near.append(step)
            elif isinstance(form, Patch):
                step.form = pack(form)
        spare = self.budget - sum(step.form.nbytes for step in steps)
        for step in reversed(near):
            form = step.form
            if spare < 0 and isinstance(form, Patch):
                step.form = pack(form)
                spare += form.nbytes - step.form.nbytes
        for step in near:
            form = step.form
            if not isinstance(form, Patch):
                spare -= form.unpacked_nbytes - form.nbytes
                if spare < 0:
                    return
                step.form = ready(form)

    def pack_all(self) -> None:
        """Pack every step, for an image that is left."""
        for step in list(self.steps):
            form = step.form
            if isinstance(form, Patch):
                step.form = pack(form)

    def _forget_oldest(self, room: int) -> None:
        """Forget until there is room for so many bytes more, once everything is packed."""
        # What is not packed yet will shrink about a hundredfold: no reason to forget anything.
        sizes = [s.form.nbytes for s in self.steps if isinstance(s.form, PackedPatch)]
        excess = sum(sizes) + room - self.budget
        while excess > 0 and self.position > 1:
            form = self.steps.pop(0).form
            self.position -= 1
            excess -= form.nbytes if isinstance(form, PackedPatch) else 0

import pytest
import torch
from torch.nn import functional

from segstudio.training import losses
from segstudio.training.losses import Loss
from segstudio.training.recipe import terms

WEIGHTS = torch.tensor([1.0, 2.0, 0.5])


def test_the_loss_is_torchs_own_where_something_is_labelled():
    torch.manual_seed(0)
    logits = torch.randn(2, 3, 4, 5)
    labels = torch.randint(0, 3, (2, 4, 5))
    labels[0] = 255
    expected = functional.cross_entropy(logits, labels, weight=WEIGHTS, ignore_index=255)
    torch.testing.assert_close(losses.cross_entropy(logits, labels, WEIGHTS), expected)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_batch_without_labels_has_loss_and_gradient_zero(smoothing):
    logits = torch.randn(2, 3, 4, 5, requires_grad=True)
    labels = torch.full((2, 4, 5), 255)
    loss = losses.cross_entropy(logits, labels, WEIGHTS, smoothing=smoothing)
    loss.backward()
    assert float(loss.detach()) == 0.0
    assert torch.equal(logits.grad, torch.zeros_like(logits))


@pytest.mark.parametrize("term", ["ce", "focal", "dice", "lovasz", "bce", "ce+0.5*dice+lovasz"])
def test_what_counts_for_nothing_changes_no_loss(term):
    torch.manual_seed(0)
    loss = Loss(terms(term), WEIGHTS)
    logits = torch.randn(2, 3, 4, 5, requires_grad=True)
    labels = torch.randint(0, 3, (2, 4, 5))
    labels[0, :2] = 255
    value = loss(logits, labels)
    value.backward()
    assert float(value.detach()) > 0
    assert logits.grad[0, :, 2:].abs().sum() > 0
    assert torch.equal(logits.grad[0, :, :2], torch.zeros(3, 2, 5))
    nothing = loss(logits, torch.full((2, 4, 5), 255))
    nothing.backward()
    assert nothing.shape == ()
    assert float(nothing.detach()) == 0.0


@pytest.mark.parametrize("term", ["ce", "focal", "dice", "lovasz", "bce"])
def test_a_perfect_answer_has_a_small_loss(term):
    labels = torch.arange(3).repeat(2, 4, 1)
    sure = losses.one_hot(labels, 3) * 40 - 20
    assert float(Loss(terms(term), WEIGHTS)(sure, labels)) < 1e-3
    assert float(Loss(terms(term), WEIGHTS)(-sure, labels)) > 0.5


def test_processes_that_share_a_batch_come_to_its_loss_together():
    torch.manual_seed(0)
    logits, labels = torch.randn(4, 3, 4, 5), torch.randint(0, 3, (4, 4, 5))
    labels[0] = 255
    whole = Loss(terms("ce"), WEIGHTS)(logits, labels)
    weight = float(WEIGHTS[labels[labels != 255]].sum())
    shared = Loss(terms("ce"), WEIGHTS, summed=lambda _own: torch.tensor(weight), processes=2)
    parts = [shared(logits[part::2], labels[part::2]) for part in range(2)]
    torch.testing.assert_close(torch.stack(parts).mean(), whole)


def test_labels_are_sampled_with_the_corners_aligned():
    labels = torch.arange(13).view(1, 1, 13).expand(1, 13, 13)
    assert losses.sampled(labels, 1, 4)[0, 0].tolist() == [0, 4, 8, 12]
    assert torch.equal(losses.sampled(labels, 13, 13), labels)


def test_a_pixel_of_half_the_weight_counts_half():
    torch.manual_seed(3)
    logits, labels = torch.randn(1, 3, 1, 2), torch.tensor([[[0, 2]]])
    both = losses.cross_entropy(logits, labels, WEIGHTS, pixels=torch.tensor([[[1.0, 0.5]]]))
    each = functional.cross_entropy(logits, labels, reduction="none")[0, 0]
    shares = WEIGHTS[[0, 2]] * torch.tensor([1.0, 0.5])
    torch.testing.assert_close(both, (each * shares).sum() / shares.sum())


def test_pixels_without_weight_are_as_if_nobody_had_labelled_them():
    logits = torch.randn(2, 3, 4, 5, requires_grad=True)
    labels = torch.ones(2, 4, 5, dtype=torch.int64)
    loss = Loss(terms("ce+dice"), WEIGHTS)(logits, labels, torch.zeros(2, 4, 5))
    loss.backward()
    assert float(loss.detach()) == 0.0
    assert not logits.grad.any()

import pytest
import torch
from torch.nn import functional

from segstudio.training import losses

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


def test_labels_are_sampled_with_the_corners_aligned():
    labels = torch.arange(13).view(1, 1, 13).expand(1, 13, 13)
    assert losses.sampled(labels, 1, 4)[0, 0].tolist() == [0, 4, 8, 12]
    assert torch.equal(losses.sampled(labels, 13, 13), labels)

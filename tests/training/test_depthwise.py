import pytest
import torch
from torch import nn

from segstudio.training.depthwise import QuickDepthwise, quicken


def chain(side: int, dilation: int) -> nn.Sequential:
    torch.manual_seed(0)
    padding = side // 2 * dilation
    layer = nn.Conv2d(6, 6, side, padding=padding, dilation=dilation, groups=6, bias=False)
    return nn.Sequential(nn.Conv2d(3, 6, 1), layer, nn.Conv2d(6, 2, 1))


@pytest.mark.parametrize(("side", "dilation"), [(5, 1), (3, 2), (5, 3)])
@pytest.mark.parametrize("half", [False, True])
def test_quick_convolution_learns_as_the_plain_one_does(side, dilation, half) -> None:
    plain, quick = chain(side, dilation), chain(side, dilation)
    quicken(quick)
    assert isinstance(quick[1], QuickDepthwise)
    assert list(quick.state_dict()) == list(plain.state_dict())
    image = torch.randn(2, 3, 9, 12)
    results = []
    for network in (plain, quick):
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            result = network(image).float()
        result.square().sum().backward()
        results.append([result, *(values.grad for values in network.parameters())])
    for expected, found in zip(*results, strict=True):
        near = 0.03 * float(expected.detach().abs().max()) if half else 1e-4
        assert torch.allclose(found, expected, atol=near)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False),
        nn.Conv2d(4, 4, 5, padding=2, groups=4, bias=False, stride=2),
        nn.Conv2d(4, 4, 5, padding=2, groups=4),
        nn.Conv2d(4, 8, 5, padding=2, groups=4, bias=False),
        nn.Conv2d(4, 4, 5, padding=1, groups=4, bias=False),
    ],
)
def test_other_convolutions_stay_as_they_are(layer) -> None:
    network = nn.Sequential(layer)
    quicken(network)
    assert network[0] is layer

import pytest
import torch

from segstudio.models import backbones

FAMILIES = [
    "resnet18",
    "mobilenetv2_100",
    "mobilenetv3_large_100",
    "tf_efficientnet_lite0",
    "vgg11_bn",
]


@pytest.mark.parametrize("encoder", FAMILIES)
def test_the_output_stride_is_kept_with_the_same_weights(encoder):
    with torch.device("meta"):  # sizes without values
        plain = backbones.build(encoder, 3)
        dilated = backbones.build(encoder, 3, output_stride=8)
        features = dilated.eval()(torch.zeros(1, 3, 32, 64))
    shapes = [{k: v.shape for k, v in n.state_dict().items()} for n in (plain, dilated)]
    assert shapes[0] == shapes[1]
    assert features[-1].shape == (1, plain.out_channels[-1], 4, 8)
    assert [f.shape[1] for f in features] == dilated.out_channels


def test_what_reads_only_the_middle_of_a_vgg_sees_no_dilation():
    """Dilation begins behind the last pool that still halves the map."""
    plain = backbones.build("vgg11_bn", 3).eval()
    dilated = backbones.build("vgg11_bn", 3, output_stride=8).eval()
    dilated.load_state_dict(plain.state_dict())
    batch = torch.randn(1, 3, 32, 32)
    with torch.inference_mode():
        for ours, theirs in zip(dilated(batch)[:4], plain(batch)[:4], strict=True):
            assert torch.equal(ours, theirs)

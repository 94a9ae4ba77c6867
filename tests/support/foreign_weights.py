"""Networks with weights of their own, as others would have trained them."""

import torch
from torch import nn


def seeded(network, seed=0):
    """Give a network weights and statistics that a mistake would show in; return it in eval."""
    torch.manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.2)
    return network.eval()

"""PyTorch's speed at one VICReg training step on a CPU, for `npm run bench -- pretrain --peer "..."`.

    apt-get install --no-install-recommends python3-torch python3-torchvision libopenblas0-pthread
    /usr/bin/python3 scripts/peers/torch_pretrain.py --arch resnet50 --stem imagenet --batch 64 --threads 2

A step is what encodergym's is: both views forward, loss, backward, LARS. Each memory format is tried and the faster one
reported, in the last line: {"images_per_second": ...}, counting source images (two views each).
"""

import argparse
import json
from statistics import median
from time import perf_counter

import torch
import torchvision
from torch import nn


def create_network(arch, stem, mlp):
    encoder = getattr(torchvision.models, arch)(zero_init_residual=True)
    sizes = [encoder.fc.in_features, *map(int, mlp.split("-"))]
    encoder.fc = nn.Identity()
    if stem == "cifar":
        encoder.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
        encoder.maxpool = nn.Identity()
    head = []
    for inputs, outputs in zip(sizes, sizes[1:-1]):
        head += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU(inplace=True)]
    return nn.Sequential(encoder, *head, nn.Linear(sizes[-2], sizes[-1], bias=False)).train()


def vicreg_loss(za, zb):
    count, dim = za.shape
    loss = 25 * nn.functional.mse_loss(za, zb)
    for z in (za - za.mean(0), zb - zb.mean(0)):
        covariance = (z.T @ z) / (count - 1)
        deviation = torch.sqrt(covariance.diagonal() + 1e-4)
        loss = loss + 25 * torch.relu(1 - deviation).mean() / 2
        loss = loss + (covariance.square().sum() - covariance.diagonal().square().sum()) / dim
    return loss


@torch.no_grad()
def lars_step(parameters, momenta, lr=0.1, momentum=0.9, decay=1e-4, eta=0.02):
    for parameter, buffer in zip(parameters, momenta):
        update = parameter.grad
        if parameter.ndim > 1:
            update = update.add(parameter, alpha=decay)
            norm, size = parameter.norm(), update.norm()
            update = update * torch.where((norm > 0) & (size > 0), eta * norm / size, torch.ones_like(norm))
        buffer.mul_(momentum).add_(update)
        parameter.sub_(buffer, alpha=lr)


def measure(flags, memory_format):
    network = create_network(flags.arch, flags.stem, flags.mlp).to(memory_format=memory_format)
    parameters = list(network.parameters())
    momenta = [torch.zeros_like(parameter) for parameter in parameters]
    views = [
        torch.randn(flags.batch, 3, flags.size, flags.size).contiguous(memory_format=memory_format) for _ in range(2)
    ]
    seconds = []
    for _ in range(flags.warmup + flags.steps):
        begun = perf_counter()
        network.zero_grad(set_to_none=True)
        vicreg_loss(*map(network, views)).backward()
        lars_step(parameters, momenta)
        seconds.append(perf_counter() - begun)
    return flags.batch / median(seconds[flags.warmup :])


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--arch", default="resnet50")
parser.add_argument("--stem", choices=["imagenet", "cifar"], default="imagenet")
parser.add_argument("--mlp", default="2048-2048-2048")
for name, default in dict(batch=64, size=32, threads=2, steps=6, warmup=2).items():
    parser.add_argument(f"--{name}", type=int, default=default)
flags = parser.parse_args()
torch.set_num_threads(flags.threads)
torch.manual_seed(0)
rates = {str(layout): measure(flags, layout) for layout in (torch.contiguous_format, torch.channels_last)}
fastest = max(rates, key=rates.get)
print(json.dumps(dict(torch=torch.__version__, memory_format=fastest, images_per_second=round(rates[fastest], 2))))

"""PyTorch's speed at embedding images with a frozen ResNet on a CPU, for `npm run bench -- classify --peer "..."`.

    apt-get install --no-install-recommends python3-torch python3-torchvision libopenblas0-pthread
    /usr/bin/python3 scripts/peers/torch_embed.py --arch resnet50 --images 10000 --threads 2

Bytes are normalised and go through the network in evaluation mode without gradients, in batches. Each memory format is
tried on a tenth of the images, the faster one measured on all: {"images_per_second": ...} is the last line.
"""

import argparse
import json
from time import perf_counter

import torch
import torchvision
from torch import nn


def measure(encoder, images, batch, memory_format):
    encoder = encoder.to(memory_format=memory_format)
    begun = perf_counter()
    with torch.inference_mode():
        for part in images.split(batch):
            encoder(((part / 255 - 0.5) / 0.25).contiguous(memory_format=memory_format))
    return len(images) / (perf_counter() - begun)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--arch", default="resnet50")
parser.add_argument("--stem", choices=["imagenet", "cifar"], default="imagenet")
for name, default in dict(images=10_000, size=32, batch=256, threads=2).items():
    parser.add_argument(f"--{name}", type=int, default=default)
flags = parser.parse_args()
torch.set_num_threads(flags.threads)
torch.manual_seed(0)
encoder = getattr(torchvision.models, flags.arch)().eval()
encoder.fc = nn.Identity()
if flags.stem == "cifar":
    encoder.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    encoder.maxpool = nn.Identity()
images = torch.randint(0, 256, (flags.images, 3, flags.size, flags.size), dtype=torch.uint8)
tried = images[: max(1, flags.images // 10)]
rates = {layout: measure(encoder, tried, flags.batch, layout) for layout in (torch.contiguous_format, torch.channels_last)}
fastest = max(rates, key=rates.get)
rate = measure(encoder, images, flags.batch, fastest)
print(json.dumps(dict(torch=torch.__version__, memory_format=str(fastest), images_per_second=round(rate, 2))))

"""torchvision's speed at the two views of VICReg's images on one core, for `npm run bench -- augment --peer "..."`.

    apt-get install --no-install-recommends python3-torch python3-torchvision libopenblas0-pthread
    /usr/bin/python3 scripts/peers/torchvision_augment.py

The pair is the one that the bench draws: resized crops, jitter, grayscale, blur (always | 1 in 10), solarize (never |
1 in 5), flip, normalise, on 32x32 images. The last line is {"views_per_second": ...}.
"""

import json
import random
from time import perf_counter

import numpy as np
import torch
import torchvision
import torchvision.transforms as transforms
from PIL import Image, ImageFilter, ImageOps

SECONDS = 5
SIZE = 32


def randomly(probability, change):
    return transforms.Lambda(lambda image: change(image) if random.random() < probability else image)


def create_view(blur, solarize):
    return transforms.Compose(
        [
            transforms.RandomResizedCrop(
                SIZE, scale=(0.2, 1), interpolation=transforms.InterpolationMode.BICUBIC
            ),
            transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.2, 0.1)], p=0.8),
            transforms.RandomGrayscale(0.2),
            randomly(blur, lambda image: image.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2)))),
            randomly(solarize, ImageOps.solarize),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)),
        ]
    )


torch.set_num_threads(1)
random.seed(0)
pixels = np.random.default_rng(0).integers(0, 256, (256, SIZE, SIZE, 3), dtype=np.uint8)
images = [Image.fromarray(image) for image in pixels]
pair = [create_view(blur=1, solarize=0), create_view(blur=0.1, solarize=0.2)]
for image in images:
    [view(image) for view in pair]  # warm-up
views, begun = 0, perf_counter()
while perf_counter() - begun < SECONDS:
    image = images[views // 2 % len(images)]
    [view(image) for view in pair]
    views += 2
print(json.dumps(dict(torchvision=torchvision.__version__, views_per_second=round(views / (perf_counter() - begun)))))

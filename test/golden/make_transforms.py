#!/usr/bin/env python3
"""Writes transforms_more.json: torchvision's transforms of PIL images, over a sweep of their parameters.

    apt-get install -y --no-install-recommends python3-torch python3-torchvision
    /usr/bin/python3 test/golden/make_transforms.py                     writes the file
    /usr/bin/python3 test/golden/make_transforms.py --show NUMBER       prints the pixels of one case

A case is [image, size of the view, steps, SHA-256 of the bytes [height, width, 3] they end with]: 16 digits of it are
enough, as the transforms are equal bit for bit. `normalized` is [3, 256]: each byte in each channel.
Made with torchvision 0.14.1, torch 1.13.0 and Pillow 9.4.0.
"""
import base64
import hashlib
import itertools
import json
import os
import sys

import numpy as np
from PIL import Image, ImageFilter
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

MODES = {"bilinear": InterpolationMode.BILINEAR, "bicubic": InterpolationMode.BICUBIC}
STEPS = {
    "brightness": F.adjust_brightness,
    "contrast": F.adjust_contrast,
    "saturation": F.adjust_saturation,
    "hue": F.adjust_hue,
    "grayscale": lambda image: F.rgb_to_grayscale(image, 3),
    "blur": lambda image, sigma: image.filter(ImageFilter.GaussianBlur(sigma)),
    "solarize": F.solarize,
    "equalize": F.equalize,
    "flip": F.hflip,
}
JITTER = ["brightness", "contrast", "saturation", "hue"]


def make_images():
    rng = np.random.default_rng(0)
    y, x, c = np.meshgrid(np.arange(40), np.arange(40), np.arange(3), indexing="ij")
    waves = 127.5 + 127.5 * np.sin(x * (0.11 + 0.05 * c) + y * (0.19 - 0.04 * c) + 2 * c)
    noise = lambda *size: rng.integers(0, 256, size).astype(np.uint8)
    return {
        "noise": noise(45, 45, 3),
        "smooth": waves.astype(np.uint8),
        "wide": noise(9, 31, 3),
        "tall": noise(23, 2, 3),
        "grey": np.repeat(noise(16, 16, 1), 3, axis=2),
        "dark": (noise(14, 14, 3) // 24).astype(np.uint8),
        "flat": np.full((8, 8, 3), 77, np.uint8),
        "pixel": noise(1, 1, 3),
        "6x3": noise(6, 3, 3),
        "5x4": noise(5, 4, 3),
    }


def make_cases(images):
    rng = np.random.default_rng(1)
    for name, image in images.items():
        size = list(image.shape[:2])
        for part in JITTER[:3]:
            for factor in [0, 0.2, 0.6, 0.837, 1, 1.4, 1.8]:
                yield name, size, [[part, factor]]
        for turn in [-0.5, -0.2, -0.1, -0.033, 0, 0.0171, 0.1, 0.29, 0.5]:
            yield name, size, [["hue", turn]]
        for sigma in [0.1, 0.31, 0.9, 1.4, 1.43, 2, 2.6, 3.7]:
            yield name, size, [["blur", sigma]]
        for step in [["grayscale"], ["solarize", 128], ["solarize", 60], ["equalize"], ["flip"]]:
            yield name, size, [step]
    for name, size in [("noise", [45, 45]), ("noise", [32, 32]), ("noise", [13, 20]), ("smooth", [7, 50]), ("smooth", [3, 3])]:
        for box in [[0, 0, 40, 40], [1, 3, 13, 20], [2, 2, 2, 20], [33, 36, 4, 3], [23, 0, 1, 24], [3, 5, 37, 35], [0, 30, 40, 10]]:
            for mode in MODES:
                yield name, size, [["resized", *box, mode]]
    for name, size, top, left in [
        ("noise", [45, 45], -6, -6), ("noise", [45, 45], 6, 6), ("noise", [45, 45], 0, 0), ("noise", [32, 32], -3, 9),
        ("smooth", [20, 17], 25, -4), ("wide", [13, 35], -2, -2), ("wide", [9, 31], 4, -20), ("wide", [4, 5], 1, 26),
    ]:
        yield name, size, [["cropped", top, left]]
    for order in itertools.permutations(JITTER):
        factors = {"brightness": 1.3, "contrast": 0.65, "saturation": 1.17, "hue": -0.07}
        yield "smooth", [40, 40], [[part, factors[part]] for part in order]
    for index in range(24):
        name = ["noise", "smooth"][index % 2]
        height, width = (int(n) for n in rng.integers(6, 40, 2))
        side = images[name].shape[0]
        top, left = int(rng.integers(0, side - height + 1)), int(rng.integers(0, side - width + 1))
        steps = [["resized", top, left, height, width, list(MODES)[int(rng.random() < 0.7)]]]
        steps += [[JITTER[k], round(rng.uniform(-0.1, 0.1) if k == 3 else rng.uniform(0.4, 1.6), 5)] for k in rng.permutation(4)]
        steps += [["grayscale"]] * (index % 5 == 0) + [["blur", round(rng.uniform(0.1, 2), 5)]] * (index % 2)
        steps += [["solarize", 128]] * (index % 3 == 1) + [["equalize"]] * (index % 7 == 3) + [["flip"]] * (index % 4 > 0)
        yield name, [32, 32], steps


def apply(array, size, steps):
    image = Image.fromarray(array)
    for name, *arguments in steps:
        if name == "resized":
            *box, mode = arguments
            image = F.resized_crop(image, *box, size, MODES[mode])
        elif name == "cropped":
            margin = 64
            top, left = arguments
            image = F.crop(F.pad(image, margin), top + margin, left + margin, *size)
        else:
            image = STEPS[name](image, *arguments)
    assert image.size == (size[1], size[0])
    return np.asarray(image)


def base64_of(array):
    return base64.b64encode(array.tobytes()).decode()


def main():
    images = make_images()
    cases = list(make_cases(images))
    if "--show" in sys.argv:
        name, size, steps = cases[int(sys.argv[sys.argv.index("--show") + 1])]
        print(name, size, steps, apply(images[name], size, steps).tolist())
        return
    mean, std = [0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010]
    every_byte = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    normalized = F.normalize(F.to_tensor(Image.fromarray(every_byte)), mean, std).numpy()
    assert normalized.dtype == np.float32
    golden = {
        "images": {name: {"size": list(a.shape[:2]), "pixels": base64_of(a)} for name, a in images.items()},
        "normalized": {"mean": mean, "std": std, "floats": base64_of(normalized)},
        "cases": [
            [name, size, steps, hashlib.sha256(apply(images[name], size, steps).tobytes()).hexdigest()[:16]]
            for name, size, steps in cases
        ],
    }
    compact = lambda value: json.dumps(value, separators=(",", ":"))
    parts = [f'"{key}":{compact(golden[key])}' for key in ["images", "normalized"]]
    lines = ",\n".join(map(compact, golden["cases"]))
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "transforms_more.json")
    with open(path, "w") as file:
        file.write("{" + ",\n".join(parts) + ',\n"cases":[\n' + lines + "\n]}\n")
    print(f"{len(cases)} cases in {path}")


main()

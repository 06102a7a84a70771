"""PyTorch's twin of a pretraining run, for `node scripts/compare-with-pytorch.mjs`, which starts it.

Argument: JSON with arch, stem, mlp, batch, size, wd, momentum, eta, coefficients, and `start`, a safetensors file of the
initial weights ("encoder.*", "head.*"). Stdin: a step is one float64, the learning rate, then both views as float32
[2, batch, size, size, 3]; a learning rate of -1 asks for the encoder, which goes to the file whose name follows as a line.
Stdout: a line a step, the loss; "saved" after each file. LARS is solo-learn's, with its clipping.
"""

import json
import struct
import sys

import numpy
import torch
import torchvision
from torch import nn
from torch.nn import functional


TYPES = {"F32": numpy.float32, "I64": numpy.int64}


def load(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        name: torch.from_numpy(numpy.frombuffer(data[slice(*entry["data_offsets"])], TYPES[entry["dtype"]]).copy())
        .reshape(entry["shape"])
        for name, entry in header.items()
    }


def save(path, tensors):
    header, parts, end = {}, [], 0
    for name, tensor in tensors.items():
        parts.append(tensor.detach().contiguous().numpy().tobytes())
        shape = list(tensor.shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + len(parts[-1])]}
        end += len(parts[-1])
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def create(o):
    encoder = getattr(torchvision.models, o["arch"])(zero_init_residual=True)
    sizes = [encoder.fc.in_features, *map(int, o["mlp"].split("-"))]
    encoder.fc = nn.Identity()
    if o["stem"] == "cifar":
        encoder.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
        encoder.maxpool = nn.Identity()
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:-1]):
        layers += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU()]
    head = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1], bias=False))
    start = load(o["start"])
    for prefix, module in (("encoder.", encoder), ("head.", head)):
        module.load_state_dict({k[len(prefix):]: v for k, v in start.items() if k.startswith(prefix)})
        module.train()
    return encoder, head


def vicreg(za, zb, o):
    n, d = za.shape
    loss = o["sim"] * functional.mse_loss(za, zb)
    for z in (za - za.mean(0), zb - zb.mean(0)):
        loss = loss + o["std"] * functional.relu(1 - torch.sqrt(z.var(0) + 1e-4)).mean() / 2
        c = z.T @ z / (n - 1)
        loss = loss + o["cov"] * (c.pow(2).sum() - c.diagonal().pow(2).sum()) / d
    return loss


@torch.no_grad()
def lars(parameters, momenta, lr, o):
    for p, m in zip(parameters, momenta):
        g = p.grad
        if p.ndim > 1:
            weight, gradient = p.norm().item(), g.norm().item()
            g = g.add(p, alpha=o["wd"])
            if weight > 0 and gradient > 0:
                trust = o["eta"] * weight / (gradient + o["wd"] * weight)
                g *= min(trust / lr, 1)
        m.mul_(o["momentum"]).add_(g)
        p.sub_(m, alpha=lr)
        p.grad = None


def main():
    o = json.loads(sys.argv[1])
    torch.set_num_threads(o["threads"])
    encoder, head = create(o)
    parameters = [*encoder.parameters(), *head.parameters()]
    momenta = [torch.zeros_like(p) for p in parameters]
    shape = [2, o["batch"], o["size"], o["size"], 3]
    while len(word := sys.stdin.buffer.read(8)) == 8:
        (lr,) = struct.unpack("<d", word)
        if lr < 0:
            path = sys.stdin.buffer.readline().decode().strip()
            save(path, {k: v for k, v in encoder.state_dict().items() if "num_batches" not in k})
            print("saved", flush=True)
            continue
        views = numpy.frombuffer(sys.stdin.buffer.read(4 * numpy.prod(shape)), numpy.float32).copy()
        a, b = torch.from_numpy(views).reshape(shape).permute(0, 1, 4, 2, 3)
        loss = vicreg(head(encoder(a.contiguous())), head(encoder(b.contiguous())), o)
        loss.backward()
        lars(parameters, momenta, lr, o)
        print(loss.item(), flush=True)


main()

#!/usr/bin/python3
"""A torchvision ResNet-18 as PyTorch has it: its file, its embeddings of some images, and kNN predictions from them.

    /usr/bin/python3 torchvision_reference.py IMAGES.safetensors OUT.safetensors K TEMPERATURE

IMAGES has bank [N, 3, H, W], queries [M, 3, H, W] (normalised) and bank_labels [N]. OUT gets the whole state dict, with
its classifier, as the safetensors package writes it. Prints JSON. Needs torch and torchvision.
"""
import json, struct, sys
import torch
import torchvision


def read(path):
    types = {"F32": torch.float32, "I32": torch.int32}
    data = bytearray(open(path, "rb").read())
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    part = lambda entry: data[8 + length + entry["data_offsets"][0] : 8 + length + entry["data_offsets"][1]]
    return {n: torch.frombuffer(part(e), dtype=types[e["dtype"]]).reshape(e["shape"]) for n, e in header.items()}


def write(path, tensors):
    types = {torch.float32: "F32", torch.int64: "I64"}
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in tensors.items():
        part = tensor.contiguous().numpy().tobytes()
        place = [len(body), len(body) + len(part)]
        header[name] = {"dtype": types[tensor.dtype], "shape": list(tensor.shape), "data_offsets": place}
        body += part
    text = json.dumps(header).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + body)


source, out, k, temperature = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
images = read(source)
torch.manual_seed(7)
net = torchvision.models.resnet18()
net.train()
with torch.no_grad():
    for _ in range(3):
        net(images["bank"])  # running statistics of these images
write(out, net.state_dict())
net.fc = torch.nn.Identity()
net.eval()
with torch.no_grad():
    bank, queries = net(images["bank"]), net(images["queries"])
unit = lambda rows: torch.nn.functional.normalize(rows, dim=1)
cosines, nearest = (unit(queries) @ unit(bank).T).topk(k)
labels = images["bank_labels"].long()
votes = torch.zeros(len(queries), int(labels.max()) + 1)
votes.scatter_add_(1, labels[nearest], torch.exp((cosines - 1) / temperature))
print(json.dumps({"embeddings": queries.tolist(), "predictions": votes.argmax(1).tolist()}))

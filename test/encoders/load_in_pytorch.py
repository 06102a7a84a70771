#!/usr/bin/python3
"""Loads an encoder file into torchvision's network with strict=True and prints its features as JSON.

    /usr/bin/python3 load_in_pytorch.py ENCODER.safetensors ARCH IMAGES.safetensors

IMAGES holds "x", [N, 3, H, W]. Needs torch and torchvision, not the safetensors package.
"""
import json, struct, sys
import torch, torchvision


def read_safetensors(path):
    types = {"F32": torch.float32, "I64": torch.int64}
    data = bytearray(open(path, "rb").read())
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        body = bytearray(data[8 + length + begin : 8 + length + end])
        tensors[name] = torch.frombuffer(body, dtype=types[entry["dtype"]]).reshape(entry["shape"])
    return tensors


if __name__ == "__main__":
    encoder, arch, images = sys.argv[1:]
    net = getattr(torchvision.models, arch)()
    net.fc = torch.nn.Identity()
    net.load_state_dict(read_safetensors(encoder), strict=True)
    net.eval()
    with torch.no_grad():
        print(json.dumps(net(read_safetensors(images)["x"]).tolist()))

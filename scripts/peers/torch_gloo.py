"""PyTorch's all-reduce through gloo, for `npm run bench -- ddp --peer "..."`.

    apt-get install --no-install-recommends python3-torch
    npm run bench -- ddp --peer "/usr/bin/python3 scripts/peers/torch_gloo.py"

Prints the medians, in milliseconds, for 1 KB, 1 MB, 25 MB and 100 MB of float32: {"ranks": ..., "milliseconds": [...]}.
"""

import argparse
import json
import os
import socket
from statistics import median
from time import perf_counter

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

SIZES = [1024, 1024**2, 25 * 1024**2, 100 * 1024**2]


def measure(size, seconds):
    values = torch.zeros(size // 4)
    times, begun = [], perf_counter()
    go_on = torch.ones(1)
    while go_on.item():
        dist.barrier()
        start = perf_counter()
        dist.all_reduce(values)
        times.append(perf_counter() - start)
        go_on[0] = float(perf_counter() - begun < seconds or len(times) < 5)
        dist.broadcast(go_on, 0)
    return 1000 * median(times[len(times) // 5 :])


def run(rank, flags, port):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=flags.ranks)
    milliseconds = [round(measure(size, flags.seconds), 4) for size in SIZES]
    if rank == 0:
        print(json.dumps(dict(torch=torch.__version__, ranks=flags.ranks, milliseconds=milliseconds)), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=2)
    flags = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    mp.spawn(run, args=(flags, port), nprocs=flags.ranks)

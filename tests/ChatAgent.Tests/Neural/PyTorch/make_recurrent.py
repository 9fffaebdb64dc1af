#!/usr/bin/python3
"""Writes weights, inputs and outputs of PyTorch's nn.GRU and nn.LSTM as safetensors, for PyTorchWeightsTests.

    python3 make_recurrent.py          with Debian's python3-torch (1.13); the files beside this script were made so

Two layers, both directions, input 5, state 6, 4 steps, batch 3, seed 1. Names as in state_dict; outputs: y_zero from a state of zeros; y, hn, cn from h0, c0.
"""
import json
import pathlib
import struct

import torch

HERE = pathlib.Path(__file__).parent


def save(name, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for key, tensor in tensors.items():
        values = tensor.detach().contiguous().flatten().tolist()
        packed = struct.pack(f"<{len(values)}f", *values)
        header[key] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % 64)
    (HERE / name).write_bytes(struct.pack("<Q", len(text)) + text + data)


for kind, module in (("gru", torch.nn.GRU), ("lstm", torch.nn.LSTM)):
    torch.manual_seed(1)
    net = module(5, 6, num_layers=2, bidirectional=True)
    x, h0, c0 = torch.randn(4, 3, 5), torch.randn(4, 3, 6), torch.randn(4, 3, 6)
    with torch.no_grad():
        zero = net(x)[0]
        if kind == "gru":
            y, hn = net(x, h0)
            more = {"h0": h0, "hn": hn}
        else:
            y, (hn, cn) = net(x, (h0, c0))
            more = {"h0": h0, "c0": c0, "hn": hn, "cn": cn}
    save(f"{kind}.safetensors", {**net.state_dict(), "x": x, "y_zero": zero, "y": y, **more}, {"made": f"torch {torch.__version__}", "module": f"nn.{kind.upper()}(5, 6, num_layers=2, bidirectional=True)"})

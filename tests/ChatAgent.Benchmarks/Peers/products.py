"""Multiplies matrices with the BLAS that torch uses, on one thread: products.py M N K TRANSPOSED, where the right operand is stored (N, K) if TRANSPOSED is 1."""
import sys

import torch

from rounds import serve

m, n, k, transposed = (int(arg) for arg in sys.argv[1:5])
torch.set_num_threads(1)
a, c = torch.full((m, k), 0.5), torch.empty(m, n)
b = torch.full((n, k), 0.25).t() if transposed else torch.full((k, n), 0.25)
repeats = max(1, int(2e8 / (m * n * k)))


def product():
    for _ in range(repeats):
        torch.mm(a, b, out=c)


serve(product)

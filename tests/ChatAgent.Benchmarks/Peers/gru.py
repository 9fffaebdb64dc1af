"""Trains a GRU language model with torch: a chunk of 35 steps of a batch of 20 forward and back, clipped by norm, plain SGD.

gru.py LAYERS HIDDEN TIED THREADS; the embedding is as wide as the state, the vocabulary 10,000, the state carried from chunk to chunk.
"""
import sys

import torch
from torch import nn

from rounds import serve

layers, hidden, tied, threads = (int(arg) for arg in sys.argv[1:5])
vocabulary, batch, steps = 10_000, 20, 35
torch.set_num_threads(threads)
torch.manual_seed(1)
embedding = nn.Embedding(vocabulary, hidden)
gru = nn.GRU(hidden, hidden, layers)
output = nn.Linear(hidden, vocabulary)
if tied:
    output.weight = embedding.weight
    nn.init.normal_(embedding.weight, std=0.1)
parameters = list(dict.fromkeys([*embedding.parameters(), *gru.parameters(), *output.parameters()]))
optimizer = torch.optim.SGD(parameters, lr=0.1)
loss_of = nn.CrossEntropyLoss()
state = torch.zeros(layers, batch, hidden)


def chunk():
    global state
    tokens = torch.randint(vocabulary, (steps + 1, batch))
    optimizer.zero_grad(set_to_none=True)
    y, after = gru(embedding(tokens[:-1]), state)
    loss = loss_of(output(y).view(-1, vocabulary), tokens[1:].reshape(-1))
    loss.backward()
    nn.utils.clip_grad_norm_(parameters, 5.0)
    optimizer.step()
    state = after.detach()


serve(chunk)

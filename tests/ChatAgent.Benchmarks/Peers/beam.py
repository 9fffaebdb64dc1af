"""Beam search with torch over a GRU of 2 layers of 650, tied, vocabulary 10,000: five hypotheses, 20 words and the end, one thread."""
import torch
from torch import nn

from rounds import serve

vocabulary, hidden, width, words, end = 10_000, 650, 5, 20, 0
torch.set_num_threads(1)
torch.manual_seed(1)
embedding = nn.Embedding(vocabulary, hidden)
nn.init.normal_(embedding.weight, std=0.1)
gru = nn.GRU(hidden, hidden, 2)
output = nn.Linear(hidden, vocabulary)
output.weight = embedding.weight
output.bias.data[end] = -100.0


@torch.inference_mode()
def search():
    tokens = torch.ones(1, dtype=torch.long)
    state, scores, texts = torch.zeros(2, 1, hidden), torch.zeros(1), torch.empty(1, 0, dtype=torch.long)
    for _ in range(words + 1):
        y, state = gru(embedding(tokens).unsqueeze(0), state)
        total = torch.log_softmax(output(y[0]), 1) + scores.unsqueeze(1)
        scores, flat = total.view(-1).topk(width)
        rows = torch.div(flat, vocabulary, rounding_mode="floor")
        tokens = flat - rows * vocabulary
        state = state.index_select(1, rows)
        texts = torch.cat((texts.index_select(0, rows), tokens.unsqueeze(1)), 1)
    return texts


serve(search)

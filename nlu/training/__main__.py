"""`python -m nlu.training`: from the sentences of nlu/training/<language> to the files that ship in nlu/models."""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from nlu.model import LONGEST, NETWORK, TEMPERATURE, TOKENIZER, Model
from nlu.onnx import FOLDER as SHIPPED
from nlu.onnx import Network, Shipped
from nlu.training.corpus import LANGUAGES, examples
from nlu.training.frames import Example
from nlu.training.mishearings import write_table

FOLDER = Path("build/requests")
"""Where training leaves its network, relative to the current folder."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m nlu.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="print examples of the corpus as JSON lines")
    make.add_argument("--count", type=int, default=100)
    for name, does in (
        ("train", "learn; needs handla[train] and the encoder's weights, see docs/understanding.md"),
        ("export", "write nlu/models/requests.*, and print the checksums for nlu/model.py"),
        ("all", "train, export, evaluate"),
    ):
        command = commands.add_parser(name, help=does)
        command.add_argument("--examples", type=int, default=240_000, help="how many examples to learn from")
        command.add_argument("--folder", type=Path, default=FOLDER)
    heard = commands.add_parser("mishearings", help="make heard.en.yaml out of what audio_fixtures.heard wrote")
    heard.add_argument("rows", type=Path)
    commands.add_parser("evaluate", help="measure the shipped model on examples it was not trained on")
    for command in commands.choices.values():
        command.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    if wanted.command == "make":
        for example in itertools.islice(examples(wanted.seed), wanted.count):
            print(json.dumps(_row(example), ensure_ascii=False))
    if wanted.command == "mishearings":
        print(write_table(wanted.rows, Path(__file__).with_name("heard.en.yaml")), "mishearings")
    if wanted.command in ("train", "all"):
        _train(wanted)
    files = _export(wanted) if wanted.command in ("export", "all") else (NETWORK, TOKENIZER)
    if wanted.command in ("evaluate", "all"):
        from nlu.training.evaluate import evaluate

        model = Model(Network(*files, LONGEST), TEMPERATURE)
        print(json.dumps(evaluate(model, seed=wanted.seed + 1)))


def _row(example: Example) -> dict[str, object]:
    return {"text": example.text, **asdict(example)}


def _train(wanted: argparse.Namespace) -> None:
    import torch

    from nlu.training.network import Plan, read_glossary, start, train

    glossary = {word: meaning for language in LANGUAGES for word, meaning in read_glossary(language).items()}
    torch.manual_seed(wanted.seed)  # the heads begin at random
    network, tokenizer = start(glossary)
    train(Plan(examples=wanted.examples, seed=wanted.seed), network, tokenizer)
    wanted.folder.mkdir(parents=True, exist_ok=True)
    torch.save(network, wanted.folder / "network.pt")
    tokenizer.save(str(wanted.folder / "tokenizer.json"))


def _export(wanted: argparse.Namespace) -> tuple[Shipped, Shipped]:
    import torch
    from tokenizers import Tokenizer

    from nlu.training.export import export

    network = torch.load(wanted.folder / "network.pt", weights_only=False)
    tokenizer = Tokenizer.from_file(str(wanted.folder / "tokenizer.json"))
    files = export(network, tokenizer, SHIPPED)
    for shipped in files:
        print(f'Shipped("{shipped.name}", "{shipped.checksum}")')
    return files


main()

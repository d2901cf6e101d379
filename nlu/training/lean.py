"""An exported network without what only batches need: the file that ships reads one text at a time.

A text alone needs no mask, and its shape is known but for its length. Left out are therefore the mask's arithmetic and
what computes shapes, more than half of the nodes, each a microsecond or two. The three projections of an attention
become one product. The numbers stay what they were, bit by bit.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, helper, numpy_helper

LENGTH = "length"
"""The number of tokens, as a shape of one dimension."""


def lean(model: ModelProto) -> ModelProto:
    """`model`, which it changes, is BERT as torch exports it, with integer weights by quantize_dynamic.

    What it reads becomes the ids alone, of shape (1, tokens).
    """
    rewriting = _Rewriting(model)
    rewriting.take_positions_by_length()
    for node in rewriting.of("Softmax"):
        rewriting.unmask(node)
    rewriting.unmask_mean()
    for node in rewriting.of("Reshape"):
        rewriting.keep_shape(node)
    rewriting.join_projections()
    return rewriting.finished()


class _Rewriting:
    """One graph while it is rewritten."""

    def __init__(self, model: ModelProto) -> None:
        self._model = model
        self._nodes = list(model.graph.node)
        self._values = {one.name: one for one in model.graph.initializer}
        for node in self.of("Constant"):
            self._values[node.output[0]] = node.attribute[0].t
        self._nodes = [node for node in self._nodes if node.op_type != "Constant"]
        self._ids = model.graph.input[0].name

    def of(self, kind: str) -> list[NodeProto]:
        """The nodes of one kind."""
        return [node for node in self._nodes if node.op_type == kind]

    def _maker(self, name: str) -> NodeProto:
        return next(node for node in self._nodes if name in node.output)

    def _readers(self, name: str) -> list[NodeProto]:
        return [node for node in self._nodes if name in node.input]

    def _array(self, name: str) -> NDArray[Any]:
        return numpy_helper.to_array(self._values[name])

    def _value(self, name: str, array: NDArray[Any]) -> str:
        self._values[name] = numpy_helper.from_array(array, name)
        return name

    def _replace(self, old: str, new: str) -> None:
        """Whoever reads `old` reads `new`."""
        for node in self._nodes:
            for place, name in enumerate(node.input):
                if name == old:
                    node.input[place] = new

    def _rename(self, node: NodeProto) -> None:
        """What this makes has another shape than what torch said of its name."""
        old, node.output[0] = node.output[0], f"{node.output[0]}_lean"
        self._replace(old, node.output[0])

    def _before(self, reader: NodeProto, *made: NodeProto) -> None:
        place = next(at for at, node in enumerate(self._nodes) if node is reader)
        self._nodes[place:place] = made

    def take_positions_by_length(self) -> None:
        """The first rows of the positions, and the one kind of token there is, instead of looking each up."""
        words, positions, kinds = (node for node in self.of("Gather") if "_embeddings." in node.input[0])
        tables = [node.input[0] for node in (words, positions, kinds)]
        first = self._nodes[0]
        zero = self._value("zero", np.array([0], np.int64))
        self._before(first, helper.make_node("Shape", [self._ids], [LENGTH], start=1, end=2))
        rows = helper.make_node("Slice", [tables[1], zero, LENGTH, zero], ["positions"])
        self._before(self._readers(positions.output[0])[0], rows)
        self._replace(positions.output[0], "positions")
        self._rename(self._readers("positions")[0])
        (kind,) = self._readers(kinds.output[0])
        scale, zero_point = (self._array(name) for name in kind.input[1:])
        row = self._array(tables[2])[:1].astype(np.int32) - zero_point.astype(np.int32)
        self._replace(kind.output[0], self._value("kind", row.astype(np.float32) * scale))

    def unmask(self, softmax: NodeProto) -> None:
        """A text alone hides none of its tokens."""
        masked = self._maker(softmax.input[0])
        softmax.input[0] = masked.input[0]
        (cleaned,) = [node for node in self._readers(softmax.output[0]) if node.op_type == "Where"]
        self._replace(cleaned.output[0], softmax.output[0])

    def unmask_mean(self) -> None:
        """The mean over all tokens."""
        for division in self.of("Div"):
            above = self._maker(division.input[0]) if division.input[0] not in self._values else None
            if above is None or above.op_type != "ReduceSum":
                continue
            above.input[0] = self._maker(above.input[0]).input[0]
            self._before(division, helper.make_node("Cast", [LENGTH], ["count"], to=1))
            division.input[1] = "count"

    def keep_shape(self, reshape: NodeProto) -> None:
        """The dimensions that were computed are those of what is reshaped."""
        if reshape.input[1] in self._values:
            return
        shape = self._maker(reshape.input[1])
        sizes = [self._array(name).item() if name in self._values else 0 for name in shape.input]
        if sizes == [0, -1, 0, 0]:
            self._replace(reshape.output[0], reshape.input[0])
        else:
            named = "shape" + "_".join(map(str, sizes))
            reshape.input[1] = self._value(named, np.array(sizes, np.int64))

    def join_projections(self) -> None:
        """Query, key and value of one attention as one product, whose columns are then parted."""
        by_input: dict[str, list[NodeProto]] = defaultdict(list)
        for node in self.of("MatMulInteger"):
            by_input[node.input[0]].append(node)
        for products in by_input.values():
            if len(products) == 3:
                self._join(products)

    def _join(self, products: list[NodeProto]) -> None:
        casts = [self._readers(node.output[0])[0] for node in products]
        scaled = [self._readers(node.output[0])[0] for node in casts]
        moved = [self._readers(node.output[0])[0] for node in scaled]
        scales = [self._maker(node.input[1]) for node in scaled]
        for nodes, place in ((products, 1), (products, 3), (scales, 1), (moved, 0)):
            joined = np.concatenate([self._array(node.input[place]) for node in nodes], axis=-1)
            nodes[0].input[place] = self._value(f"{nodes[0].input[place]}_joined", joined)
        for node in (products[0], casts[0], scaled[0], scales[0]):
            self._rename(node)
        parts = [node.output[0] for node in moved]
        moved[0].output[0] = f"{parts[0]}_joined"
        self._nodes = [node for node in self._nodes if all(node is not other for other in moved[1:])]
        place = next(at for at, node in enumerate(self._nodes) if node is moved[0])
        self._nodes.insert(place + 1, helper.make_node("Split", [moved[0].output[0]], parts, axis=-1))

    def finished(self) -> ModelProto:
        """The model with the nodes and values that its outputs need.

        What torch said of shapes stays: ONNX Runtime joins nodes by it, and would compute otherwise without it.
        """
        graph = self._model.graph
        needed = {one.name for one in graph.output}
        kept: list[NodeProto] = []
        for node in reversed(self._nodes):
            if needed & set(node.output):
                needed |= set(node.input)
                kept.append(node)
        for field in (graph.node, graph.initializer):
            del field[:]
        graph.node.extend(reversed(kept))
        made = {name for node in kept for name in node.output}
        known = [one for one in graph.value_info if one.name in made]
        del graph.value_info[:]
        graph.value_info.extend(known)
        for name, value in self._values.items():
            if name in needed:
                graph.initializer.add().CopyFrom(value)
                graph.initializer[-1].name = name
        del graph.input[1:]
        return self._model

"""Who is measured: Handla's parse, its halves alone, and a plain classifier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from nlu import Vocabulary, parse
from nlu.captures import Scene
from nlu.grammar import read_whole
from nlu.heard import listen
from nlu.language import load_language
from nlu.linking import link
from nlu.model import LONGEST, NETWORK, TEMPERATURE, TOKENIZER, Model
from nlu.onnx import Network
from nlu.training.corpus import examples
from nlu.types import INTENTS, Expectation, Understanding

CORPUS = 20_000
"""Utterances of the training corpus that the plain classifier learns from, of both languages together."""
SEED = 101

Reader = Callable[[str, Vocabulary, Expectation, str], Understanding]
"""text, vocabulary, what is expected, language -> what it means."""


def handla(text: str, vocabulary: Vocabulary, expects: Expectation, language: str) -> Understanding:
    return parse(text, vocabulary, expects, language)


def model_alone(temperature: float = TEMPERATURE) -> Reader:
    """The intent that the model finds likeliest; no slots. At temperature 1 its confidence is as it was trained."""
    model = Model(Network(NETWORK, TOKENIZER, LONGEST), temperature)

    def read(text: str, vocabulary: Vocabulary, expects: Expectation, language: str) -> Understanding:  # noqa: ARG001
        shares = model.read(text, expects.asked).intents
        best = int(shares.argmax())
        return Understanding(text, INTENTS[best], float(shares[best]), language)

    return read


def templates_alone(text: str, vocabulary: Vocabulary, expects: Expectation, language: str) -> Understanding:
    """What the sentence templates of the language make of it, out of scope where none fits."""
    pack = load_language(language)
    heard = listen(text, pack)
    if not heard.words or heard.cut:
        return Understanding(text, "out_of_scope", 1.0, language)
    reading = read_whole(Scene(link(heard, vocabulary.index(pack), pack), vocabulary.currency, expects))
    if reading is None:
        return Understanding(text, "out_of_scope", 0.5, language)
    return Understanding(text, reading.intent, min(reading.score, 1.0), language, reading.slots, reading.lines)


def baseline(languages: Sequence[str]) -> Reader:
    """TF-IDF of words, word pairs and letters, and logistic regression, one per language, on the model's own corpus.

    The plain way to tell intents apart: scikit-learn's defaults but for more iterations. It knows nothing of what was
    asked and tells no slots. ImportError without scikit-learn.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    rows = list(islice(examples(SEED), CORPUS))
    models = {}
    for language in languages:
        mine = [(" ".join(row.words), row.intent) for row in rows if row.language == language]
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2)
        models[language] = make_pipeline(make_union(words, letters), LogisticRegression(max_iter=300, C=10.0))
        models[language].fit([text for text, _ in mine], [intent for _, intent in mine])

    def read(text: str, vocabulary: Vocabulary, expects: Expectation, language: str) -> Understanding:  # noqa: ARG001
        shares = models[language].predict_proba([text])[0]
        best = int(shares.argmax())
        return Understanding(text, str(models[language].classes_[best]), float(shares[best]), language)

    return read

"""Who is measured: Handla's parse, and peers that only tell the intent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nlu import Vocabulary, parse
from nlu.language import load_language
from nlu.types import Expectation, Understanding

Reader = Callable[[str, Vocabulary, Expectation, str], Understanding]
"""text, vocabulary, what is expected, language -> what it means."""


def handla(text: str, vocabulary: Vocabulary, expects: Expectation, language: str) -> Understanding:
    return parse(text, vocabulary, expects, language)


def baseline(languages: Sequence[str]) -> Reader:
    """TF-IDF of words, word pairs and letters, and logistic regression, one per language, on Handla's own examples.

    The plain way to tell intents apart: scikit-learn's defaults but for more iterations. It knows nothing of what was
    asked and tells no slots. ImportError without scikit-learn.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    models = {}
    for language in languages:
        texts, intents = zip(*_examples(language), strict=True)  # ValueError: a language without a folder
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
        models[language] = make_pipeline(make_union(words, letters), LogisticRegression(max_iter=1000, C=10.0))
        models[language].fit(texts, intents)

    def read(text: str, vocabulary: Vocabulary, expects: Expectation, language: str) -> Understanding:  # noqa: ARG001
        shares = models[language].predict_proba([text])[0]
        best = int(shares.argmax())
        return Understanding(text, str(models[language].classes_[best]), float(shares[best]), language)

    return read


def _examples(language: str) -> list[tuple[str, str]]:
    return [
        (one["text"] if isinstance(one, dict) else str(one), intent)
        for intent, examples in load_language(language).examples.items()
        for one in examples
    ]

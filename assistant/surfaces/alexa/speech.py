"""Words for Alexa's voice: SSML within Amazon's limits."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

LONGEST_SPEECH = 8_000
"""Characters of one outputSpeech, its tags included (Response Format, Alexa Skills Kit)."""
LARGEST_SPEECH = 12_000
"""Bytes of it, so that a response of any letters has room for the rest."""
_TAGS = len("<speak></speak>")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BETWEEN_SENTENCES = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][\"”’']))\s+")


def ssml(words: str, longest: int = LONGEST_SPEECH) -> str:
    """The words as SSML of at most `longest` characters; what is too long ends after a whole sentence, else a word."""
    escaped = _escaped(words)
    while len(escaped) > longest - _TAGS or len(escaped.encode()) > LARGEST_SPEECH:
        words = _shorter(words)
        escaped = _escaped(words)
    return f"<speak>{escaped}</speak>"


def question_in(words: str) -> str:
    """The last question, for asking it again; all of the words where there is none."""
    sentences = _BETWEEN_SENTENCES.split(words.strip())
    return next((sentence for sentence in reversed(sentences) if sentence.endswith("?")), words.strip())


def plain(words: str) -> str:
    """Words that any JSON or XML can hold."""
    return _NOT_IN_XML.sub("", words)


def _escaped(words: str) -> str:
    return escape(plain(words), {'"': "&quot;", "'": "&apos;"})


def _shorter(words: str) -> str:
    """Without the last sentence; without the last tenth of the words where there is only one."""
    sentences = _BETWEEN_SENTENCES.split(words)
    if len(sentences) > 1:
        return " ".join(sentences[:-1])
    return words[: len(words) * 9 // 10].rpartition(" ")[0] or words[: len(words) * 9 // 10]

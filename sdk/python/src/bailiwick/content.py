"""Answers that are more than data, for functions whose result has the type `content` of `bailiwick:content/types`.

A host that serves agents shows them as what they are: text, pictures, sound, documents. There is no authority in them.
"""

from __future__ import annotations

from typing import Any

from . import _world

__all__ = ["audio", "document", "image", "text"]


def text(words: str) -> Any:
    """Text for the model.

    Example:
        return [bailiwick.content.text("nothing was found")]
    """
    return _world.CONTENT_TYPES.Content_Text(words)


def image(media_type: str, data: bytes) -> Any:
    """A picture.

    Example:
        return [bailiwick.content.image("image/png", pixels)]
    """
    return _world.CONTENT_TYPES.Content_Image(_world.CONTENT_TYPES.Media(media_type, data))


def audio(media_type: str, data: bytes) -> Any:
    """Sound.

    Example:
        return [bailiwick.content.audio("audio/ogg", samples)]
    """
    return _world.CONTENT_TYPES.Content_Audio(_world.CONTENT_TYPES.Media(media_type, data))


def document(uri: str, media_type: str | None, body: str | bytes) -> Any:
    """A document under a name of its own, from which nothing is ever fetched.

    Example:
        return [bailiwick.content.document("notes.md", "text/markdown", "# Notes")]
    """
    types = _world.CONTENT_TYPES
    held = types.Body_Text(body) if isinstance(body, str) else types.Body_Blob(body)
    return types.Content_Document(types.Document(uri, media_type, held))

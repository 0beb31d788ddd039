"""`bailiwick:content/types`."""

from dataclasses import dataclass


@dataclass
class Media:
    media_type: str
    data: bytes


@dataclass
class Body_Text:
    value: str


@dataclass
class Body_Blob:
    value: bytes


@dataclass
class Document:
    uri: str
    media_type: str | None
    body: Body_Text | Body_Blob


@dataclass
class Content_Text:
    value: str


@dataclass
class Content_Image:
    value: Media


@dataclass
class Content_Audio:
    value: Media


@dataclass
class Content_Document:
    value: Document

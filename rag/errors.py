"""Every error raised on purpose, as one tree.

::

    RagError                            root; exit code 2 unless its class says otherwise
    ├── IndexUnavailableError           the lexical index or the vectors cannot serve
    │   ├── IndexMissingError           they are not there
    │   └── IndexStaleError             they were built by another model or from other reports
    ├── ReadError                       a file or a text could not be read
    ├── UnknownReportError              no report with that id in the library
    ├── LibraryMissingError             there is no library in that folder
    ├── LibraryBusyError                another process is writing this library; exit code 75
    ├── LibraryDamagedError             the catalogue itself is damaged
    ├── LibraryVersionError             the catalogue was written by a newer release
    ├── LibraryReadOnlyError            the library's folder cannot be written
    ├── StorageFullError                the disk is full; nothing half-written is kept
    ├── EncoderError                    the embedding model cannot be loaded or used
    ├── SettingsError                   a setting or an argument that the user must mend
    └── GenerationError                 the language model gave nothing usable
        ├── GenerationTimeoutError      it did not answer in time
        └── BadReplyError               it answered, but not so that it can be shown

Messages say what failed, the value seen and what to do next. They are Chinese, the language of the
page; ``en`` holds the same sentence for ``--lang en``. Wrong arguments in code are ``ValueError``.
Not finding evidence is an Answer, not an error. ``eval`` adds its own ``GoldError``.
"""

from __future__ import annotations

from typing import ClassVar


class RagError(Exception):
    """Root of the tree: an error that a reader may be shown as it stands.

    Args:
        message: One Chinese sentence: what failed, the value seen, what to do next.
        en: The same in English; the Chinese sentence serves where it is missing.
    """

    exit_code: ClassVar[int] = 2
    """The command line's exit code: 2 is something the user must mend, 75 a busy library."""

    def __init__(self, message: str, *, en: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.en = en

    def in_language(self, lang: str | None) -> str:
        """The message in ``lang`` ("en", or anything else for Chinese)."""
        return self.en if lang == "en" and self.en else self.message


class IndexUnavailableError(RagError):
    """The lexical index or the vectors cannot serve a question."""


class IndexMissingError(IndexUnavailableError):
    """An index is not there; it can be rebuilt from the catalogue."""


class IndexStaleError(IndexUnavailableError):
    """An index was built by another model, other settings or from other reports."""


class ReadError(RagError):
    """A file, or a text in it, could not be read."""


class UnknownReportError(RagError):
    """No report with that id is in the library."""


class LibraryMissingError(RagError):
    """There is no library in the folder named."""


class LibraryBusyError(RagError):
    """Another process is writing this library; the message names it."""

    exit_code = 75


class LibraryDamagedError(RagError):
    """The catalogue, which is the truth, is damaged; the message names the file."""


class LibraryVersionError(RagError):
    """The catalogue was written by a release that this one does not understand."""


class LibraryReadOnlyError(RagError):
    """The library's folder cannot be written; questions are still answered."""


class StorageFullError(RagError):
    """The disk is full; what was acknowledged before stays."""


class EncoderError(RagError):
    """The embedding model cannot be loaded or used."""


class SettingsError(RagError):
    """A setting or an argument has a value that the user must mend."""


class GenerationError(RagError):
    """The language model gave nothing that can be used.

    Args:
        message: One Chinese sentence, without anything that the service sent: it may echo a key.
        en: The same in English.
        reason: Which failure it is, one of ``rag.generator.FAILURES``.
        retry_after_s: How long the service asks to be left alone, in seconds.
    """

    def __init__(
        self, message: str, *, en: str | None = None, reason: str = "server", retry_after_s: float = 0.0
    ) -> None:
        super().__init__(message, en=en)
        self.reason = reason
        self.retry_after_s = retry_after_s


class GenerationTimeoutError(GenerationError):
    """The language model did not answer before the deadline."""


class BadReplyError(GenerationError):
    """The language model answered, but the reply cannot be shown."""

"""Values of options as they are written, and what they mean; ValueError or OSError for what will not do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext, SSLError

from audit_rules.address import Address


def plain(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise ValueError(text)
    return text


def line(text: str) -> str:
    """One line of text, blanks folded."""
    if len(text) > 1000 or any(ord(each) < 32 for each in text):
        raise ValueError(text)
    return " ".join(plain(text).split())


def address(text: str) -> str:
    address = Address.parse(text)
    if address.valid_from or address.valid_to:
        raise ValueError(text)
    return text.strip()


def one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        return choices[choices.index(text)]

    return read


def within(number: Callable[[str], float], low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = number(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read


def folder(text: str) -> Path:
    path = Path(plain(text))
    if not path.is_dir():
        raise ValueError(text)
    return path


def file(text: str) -> Path:
    path = Path(plain(text))
    with path.open("rb"):
        return path


def pem(text: str) -> str:
    try:
        SSLContext(PROTOCOL_TLS_CLIENT).load_verify_locations(file(text))
    except SSLError as error:
        raise ValueError(text) from error
    return text


def header(text: str) -> str:
    if not text.strip() or len(text) > 300 or not (text.isascii() and text.isprintable()):
        raise ValueError(text)
    return text.strip()


def checked(check: Callable[[str], object]) -> Callable[[str], str]:
    def read(text: str) -> str:
        check(text)
        return text.strip()

    return read


def age(text: str) -> int | None:
    """A number of days, ``400d`` or ``400``; None for ``forever``."""
    if text.strip() == "forever":
        return None
    return int(within(int, 0, 36_500)(text.strip().removesuffix("d")))

"""Plain formulas (sums, products, roundings) worked out when the file holds no value for them.

Excel keeps the value beside each formula; tools that rewrite a workbook often drop it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, DecimalException

Read = Callable[[int, int], Decimal | None]  # (row, column), both from 1; None = no number there

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<range>\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+)"
    r"|(?P<cell>\$?[A-Z]{1,3}\$?\d+)(?![A-Z0-9(!])"
    r"|(?P<name>[A-Z][A-Z0-9.]*)(?=\()"
    r"|(?P<sign>[-+*/%(),]))"
)
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)")
MAX_CELLS = 1_000_000


class NotPlain(Exception):
    """The formula uses something that this house doesn't work out."""


def position(reference: str) -> tuple[int, int]:
    """Return (row, column) of a reference such as `$D4`, both from 1."""
    match = _CELL.fullmatch(reference)
    if match is None:
        raise NotPlain(reference)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def evaluate(formula: str, read: Read) -> Decimal:
    """Return the value of `SUM(D4:I4)`, `ROUND(H4*0.2,2)`, `H4+I4`… Raises NotPlain."""
    try:
        parser = _Parser(list(_tokens(formula.removeprefix("="))), read)
        value = parser.sum()
        parser.end()
    except (DecimalException, RecursionError) as error:
        raise NotPlain(formula) from error
    return value


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def _tokens(formula: str) -> Iterator[_Token]:
    at, text = 0, formula.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotPlain(formula)
        yield _Token(str(match.lastgroup), match[match.lastgroup or 0])
        at = match.end()


class _Parser:
    """Sums of products of atoms; SUM takes ranges, ROUND rounds half away from zero as Excel does."""

    def __init__(self, tokens: list[_Token], read: Read) -> None:
        self._tokens, self._at, self._read = tokens, 0, read

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise NotPlain(self._tokens[self._at].text)

    def sum(self) -> Decimal:
        value = self._product()
        while (sign := self._take("+", "-")) is not None:
            other = self._product()
            value = value + other if sign == "+" else value - other
        return value

    def _product(self) -> Decimal:
        value = self._factor()
        while (sign := self._take("*", "/")) is not None:
            other = self._factor()
            value = value * other if sign == "*" else value / other
        return value

    def _factor(self) -> Decimal:
        if (sign := self._take("+", "-")) is not None:
            return self._factor() if sign == "+" else -self._factor()
        value = self._atom()
        while self._take("%") is not None:
            value /= 100
        return value

    def _atom(self) -> Decimal:
        token = self._next()
        if token.kind == "number":
            return Decimal(token.text)
        if token.kind == "cell":
            return self._read(*position(token.text)) or Decimal(0)
        if token.kind == "name":
            return self._call(token.text)
        if token.text == "(":
            value = self.sum()
            self._expect(")")
            return value
        raise NotPlain(token.text)

    def _call(self, name: str) -> Decimal:
        self._expect("(")
        if name == "SUM":
            total = self._summed()
            while self._take(",") is not None:
                total += self._summed()
            self._expect(")")
            return total
        if name != "ROUND":
            raise NotPlain(name)
        value = self.sum()
        self._expect(",")
        digits = int(self.sum())
        self._expect(")")
        return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)

    def _summed(self) -> Decimal:
        if self._at < len(self._tokens) and self._tokens[self._at].kind == "range":
            first, last = self._next().text.split(":")
            (top, left), (bottom, right) = position(first), position(last)
            if (bottom - top + 1) * (right - left + 1) > MAX_CELLS:
                raise NotPlain(f"{first}:{last}")
            cells = (self._read(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1))
            return sum((cell for cell in cells if cell is not None), Decimal(0))
        return self.sum()

    def _take(self, *signs: str) -> str | None:
        if self._at < len(self._tokens) and self._tokens[self._at].text in signs:
            return self._next().text
        return None

    def _expect(self, sign: str) -> None:
        if self._take(sign) is None:
            raise NotPlain(sign)

    def _next(self) -> _Token:
        if self._at >= len(self._tokens):
            raise NotPlain("")
        token = self._tokens[self._at]
        self._at += 1
        return token

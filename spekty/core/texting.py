"""Text messages: what a mobile number is, and how many parts a text takes (GSM 03.38)."""

import re

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each takes two places.
EXTENDED = frozenset("^{}\\[~]|€\f")
MAX_PARTS = 3


class NotAMobile(ValueError):
    """The number isn't a French mobile number."""


class TextTooLong(ValueError):
    """The text takes more parts than one pays for."""


def as_phone(number: str) -> str:
    """Return a French mobile as '+33612345678', or raise NotAMobile."""
    digits = re.sub(r"[^\d+]", "", number.replace("(0)", ""))
    national = re.sub(r"^(\+|00)33", "0", digits)
    if not re.fullmatch(r"0[67]\d{8}", national):
        raise NotAMobile(f"« {number} » n’est pas un numéro de mobile.")
    return f"+33{national[1:]}"


def parts(text: str) -> int:
    """Return how many messages the text is billed: 160 or 153 characters each, 70 or 67 outside GSM-7."""
    if set(text) <= BASIC | EXTENDED:
        length = sum(2 if letter in EXTENDED else 1 for letter in text)
        alone, chained = 160, 153
    else:
        length = len(text.encode("utf-16-be")) // 2
        alone, chained = 70, 67
    return 1 if length <= alone else -(-length // chained)


def check_length(text: str) -> None:
    """Raise TextTooLong beyond three parts."""
    if parts(text) > MAX_PARTS:
        raise TextTooLong(f"Ce SMS compterait {parts(text)} messages : {MAX_PARTS} au plus.")

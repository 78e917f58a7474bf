"""Check digits that no library of ours works out: arithmetic only, nothing is said about a number.

Each answers whether the figures agree. Whoever calls has made sure of the form: the right length,
upper case, without spaces, letters A to Z and digits 0 to 9.
"""

from __future__ import annotations

from string import ascii_uppercase, digits

# ICAO Doc 9303: digits count as they are, A to Z as 10 to 35, the filler as nothing.
MRZ_VALUES = {sign: value for value, sign in enumerate(digits + ascii_uppercase)} | {"<": 0}
# I, O and Q are left out of a VIN; the letters count up to 9 and begin again.
VIN_VALUES = {sign: int(sign) for sign in digits} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True)
)
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _weighed(figures: str, weights: tuple[int, ...]) -> int:
    return sum(int(figure) * weight for figure, weight in zip(figures, weights, strict=True))


def imo_company_agrees(number: str) -> bool:
    """Seven digits. The weights differ from those of a ship's number."""
    total = _weighed(number[:6], (8, 6, 4, 2, 9, 7))
    return (11 - total % 11) % 10 == int(number[6])


def air_waybill_agrees(number: str) -> bool:
    """Eleven digits: three of the airline, seven, and what these seven leave divided by seven."""
    return int(number[3:10]) % 7 == int(number[10])


def postal_item_agrees(number: str) -> bool:
    """UPU S10: two letters, eight digits, the check digit, the two letters of a country."""
    check = 11 - _weighed(number[2:10], (8, 6, 4, 2, 3, 5, 9, 7)) % 11
    return {10: 0, 11: 5}.get(check, check) == int(number[10])


def vin_agrees(number: str) -> bool:
    """Seventeen characters; the ninth is the check character, X for ten."""
    total = sum(VIN_VALUES[sign] * weight for sign, weight in zip(number, VIN_WEIGHTS, strict=True))
    return "0123456789X"[total % 11] == number[8]


def travel_document_agrees(field: str, check: str) -> bool:
    """A field of the machine-readable lines and the digit that stands behind it."""
    total = sum(MRZ_VALUES[sign] * (7, 3, 1)[at % 3] for at, sign in enumerate(field))
    return total % 10 == int(check)

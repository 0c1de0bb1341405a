"""Check digits of national identity numbers: each function takes the bare letters and digits of one."""

__all__ = [
    "austria",
    "belgium",
    "brazil",
    "chile",
    "china",
    "croatia",
    "czechia",
    "denmark",
    "finland",
    "france",
    "germany",
    "india",
    "ireland",
    "italy",
    "korea",
    "luhn",
    "netherlands",
    "nhs",
    "norway",
    "poland",
    "portugal",
    "romania",
    "singapore",
    "spain",
    "sweden",
    "switzerland",
    "turkey",
    "usa",
]


def _weighted(digits: str, weights: str) -> int:
    return sum(int(digit) * int(weight, 36) for digit, weight in zip(digits, weights, strict=False))


def _date(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12  # noqa: PLR2004


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit of ISO/IEC 7812-1, annex B."""
    total = sum(map(int, digits[-1::-2])) + sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return total % 10 == 0


def _mod11_10(digits: str) -> bool:
    """Check digit of ISO/IEC 7064, MOD 11,10."""
    rest = 10
    for digit in digits[:-1]:
        rest = ((int(digit) + rest) % 10 or 10) * 2 % 11
    return (11 - rest) % 10 == int(digits[-1])


def germany(n: str) -> bool:
    """Steuer-ID: one digit two or three times among the first ten, then MOD 11,10."""
    once = sum(n.count(digit, 0, 10) == 1 for digit in "0123456789")
    return n[0] != "0" and once in (7, 8) and _mod11_10(n)


def netherlands(n: str) -> bool:
    """Burgerservicenummer: the test of eleven."""
    return len(set(n)) > 2 and (_weighted(n[:8], "98765432") - int(n[8])) % 11 == 0  # noqa: PLR2004


def france(n: str) -> bool:
    """NIR: 97 minus the rest of the first thirteen digits; Corsica counts as 19 and 18."""
    body = n[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(body) % 97 == int(n[13:])


def spain(n: str) -> bool:
    """DNI and NIE: a letter for the rest by 23."""
    number = n[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == n[-1]


_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
"""Values of A to Z at odd places; the digits have those of A to J."""


def italy(n: str) -> bool:
    """Codice fiscale: a letter for the sum of the values at odd and even places."""
    values = [int(char) if char.isdigit() else ord(char) - 65 for char in n]
    return (sum(_ODD[value] for value in values[0:15:2]) + sum(values[1:15:2])) % 26 == values[15]


def poland(n: str) -> bool:
    """PESEL: a date with the century in its month, weights 1, 3, 7, 9."""
    return _date(n[4:6], str(int(n[2:4]) % 20)) and (10 - _weighted(n[:10], "1379137913") % 10) % 10 == int(n[10])


def sweden(n: str) -> bool:
    """Personnummer and samordningsnummer: a date, then Luhn."""
    n = n[-10:]
    return _date(str(int(n[4:6]) % 60), n[2:4]) and luhn(n)


def finland(n: str) -> bool:
    """Henkilötunnus: a date, then one of 31 characters."""
    return _date(n[:2], n[2:4]) and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(n[:6] + n[7:10]) % 31] == n[10]


def belgium(n: str) -> bool:
    """Rijksregisternummer: 97 minus the rest, with a 2 before it for births since 2000."""
    return int(n[2:4]) % 20 <= 12 and any(97 - int(lead + n[:9]) % 97 == int(n[9:]) for lead in ("", "2"))  # noqa: PLR2004


def brazil(n: str) -> bool:
    """CPF: two check digits by eleven."""
    first = _weighted(n[:9], "a98765432") * 10 % 11 % 10
    return len(set(n)) > 1 and first == int(n[9]) and _weighted(n[:10], "ba98765432") * 10 % 11 % 10 == int(n[10])


def nhs(n: str) -> bool:
    """NHS number of England: check digit by eleven."""
    return len(set(n)) > 1 and (11 - _weighted(n[:9], "a98765432") % 11) % 11 == int(n[9])


def usa(n: str) -> bool:
    """Social security number and ITIN, which begins with 9: no check digit, only numbers that are never given out."""
    return n[:3] not in ("000", "666") and n[3:5] >= ("50" if n[0] == "9" else "01") and n[5:] != "0000"


def norway(n: str) -> bool:
    """Fødselsnummer and D-nummer: a date, then two check digits by eleven."""
    first = (11 - _weighted(n[:9], "376189452") % 11) % 11
    second = (11 - _weighted(n[:10], "5432765432") % 11) % 11
    return _date(str(int(n[:2]) % 40), n[2:4]) and first == int(n[9]) and second == int(n[10])


def denmark(n: str) -> bool:
    """CPR number: since 2007 only its date can be checked."""
    return _date(n[:2], n[2:4])


def switzerland(n: str) -> bool:
    """AHV number: an EAN-13 that begins with 756."""
    return (10 - _weighted(n[:12], "131313131313") % 10) % 10 == int(n[12])


def portugal(n: str) -> bool:
    """NIF: check digit by eleven."""
    rest = _weighted(n[:8], "98765432") % 11
    return (0 if rest < 2 else 11 - rest) == int(n[8])  # noqa: PLR2004


def austria(n: str) -> bool:
    """Sozialversicherungsnummer: its fourth digit is the check digit."""
    return n[0] != "0" and _weighted(n[:3] + n[4:], "379584216") % 11 == int(n[3])


def croatia(n: str) -> bool:
    """OIB: MOD 11,10."""
    return _mod11_10(n)


def czechia(n: str) -> bool:
    """Rodné číslo, also of Slovakia: divisible by eleven."""
    return int(n[2:4]) % 50 % 20 in range(1, 13) and 1 <= int(n[4:6]) <= 31 and (int(n[:9]) % 11 % 10 == int(n[9]))  # noqa: PLR2004


def romania(n: str) -> bool:
    """CNP: a date, weights 279146358279."""
    return _date(n[5:7], n[3:5]) and str(_weighted(n[:12], "279146358279") % 11).replace("10", "1") == n[12]


def turkey(n: str) -> bool:
    """T.C. kimlik: two check digits."""
    odd, even = sum(map(int, n[0:9:2])), sum(map(int, n[1:8:2]))
    return (odd * 7 - even) % 10 == int(n[9]) and sum(map(int, n[:10])) % 10 == int(n[10])


def ireland(n: str) -> bool:
    """PPS number: a letter for the rest by 23; a W behind it is 23 and counts nothing."""
    extra = (ord(n[8]) - 64) * 9 if len(n) > 8 else 0  # noqa: PLR2004
    return "WABCDEFGHIJKLMNOPQRSTUV"[(_weighted(n[:7], "8765432") + extra) % 23] == n[7]


# The multiplication of the dihedral group D5, and the permutation of each place (Verhoeff, 1969).
_PRODUCTS = ("0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
             "5987604321", "6598710432", "7659821043", "8765932104", "9876543210")  # fmt: skip
_PLACES = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def india(n: str) -> bool:
    """Aadhaar: Verhoeff."""
    check = 0
    for place, digit in enumerate(reversed(n)):
        check = int(_PRODUCTS[check][int(_PLACES[place % 8][int(digit)])])
    return check == 0


def china(n: str) -> bool:
    """Resident identity number: a date, then MOD 11-2."""
    total = _weighted(n[:17], "79a584216379a5842")
    return _date(n[12:14], n[10:12]) and n[6:8] in ("18", "19", "20") and "10X98765432"[total % 11] == n[17]


_SINGAPORE = {
    "S": (0, "JZIHGFEDCBA"),
    "T": (4, "JZIHGFEDCBA"),
    "F": (0, "XWUTRQPNMLK"),
    "G": (4, "XWUTRQPNMLK"),
    "M": (3, "XWUTRQPNJLK"),
}


def singapore(n: str) -> bool:
    """NRIC and FIN: a letter by eleven."""
    first, letters = _SINGAPORE[n[0]]
    return letters[(first + _weighted(n[1:8], "2765432")) % 11] == n[8]


def korea(n: str) -> bool:
    """Resident registration number: a date, then a check digit by eleven."""
    return _date(n[4:6], n[2:4]) and (11 - _weighted(n[:12], "234567892345") % 11) % 10 == int(n[12])


def chile(n: str) -> bool:
    """RUT: a digit or K, by eleven."""
    body, check = n[:-1], n[-1]
    rest = 11 - sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(body))) % 11
    return check == {10: "K", 11: "0"}.get(rest, str(rest))

"""Made-up and published specimen numbers of people: cards, accounts, national identities."""

from collections.abc import Iterator

from corpus.places import Case
from corpus.tokens import seeded

__all__ = ["cards", "ibans", "people"]

_CARDS = (
    ("4", 16), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("6011", 16),
    ("65", 16), ("300", 14), ("36", 14), ("3528", 16), ("3589", 16), ("62", 16), ("2204", 16),
)  # fmt: skip
_ACCOUNTS = {
    "DE": "{18}", "GB": "NWBK{14}", "FR": "{20}M{2}", "NL": "ABNA{10}", "ES": "{20}", "IT": "X{22}", "CH": "{17}",
    "AT": "{16}", "BE": "{12}", "PL": "{24}", "SE": "{20}", "NO": "{11}", "PT": "{21}", "IE": "AIBK{14}",
    "MT": "MALT{5}{18}",
}  # fmt: skip
# Rule, before, number, after. The numbers are specimens that the issuing offices publish, or calculated ones.
_PEOPLE: tuple[tuple[str, str, str, str], ...] = (
    ("email", "write to ", "jane.doe+news@mail.example.org", ", please"),
    ("email", "<", "jürgen@müller.de", ">"),
    ("email", "mailto:", "a_b%c@sub.domain.example.co.uk", "?subject=x"),
    ("tax-id-de", "Steuer-ID: ", "86095742719", "\n"),
    ("tax-id-de", "steuerliche IdNr ", "86 095 742 719", ""),
    ("bsn-nl", "BSN ", "111222333", "."),
    ("nir-fr", "assuré ", "2 55 08 14 168 025 38", ""),
    ("nir-fr", "", "255081416802538", ""),
    ("dni-es", "DNI ", "12345678Z", ""),
    ("dni-es", "", "X1234567L", " (NIE)"),
    ("codice-fiscale", "cf=", "RSSMRA85T10A562S", ""),
    ("pesel-pl", "PESEL: ", "44051401359", ""),
    ("personnummer-se", "personnummer ", "811228-9874", ""),
    ("personnummer-se", "personal number: ", "19811228-9874", ""),
    ("hetu-fi", "hetu ", "131052-308T", ""),
    ("national-number-be", "", "85.07.30-033.28", ""),
    ("national-number-be", "rijksregisternummer ", "85073003328", ""),
    ("cpf-br", "", "529.982.247-25", ""),
    ("cpf-br", "CPF ", "52998224725", ""),
    ("nhs-number", "NHS number ", "943 476 5919", ""),
    ("ssn-us", "SSN: ", "536-90-4399", ""),
    ("ssn-us", "social security number ", "536904399", ""),
    ("ssn-us", "ITIN ", "900-70-1234", ""),
    ("fodselsnummer-no", "", "01010750160", ""),
    ("cpr-dk", "CPR ", "070761-4285", ""),
    ("ahv-ch", "AHV ", "756.9217.0769.85", ""),
    ("nif-pt", "NIF ", "123456789", ""),
    ("svnr-at", "SVNR ", "1237 010180", ""),
    ("oib-hr", "OIB ", "33392005961", ""),
    ("rodne-cislo", "rodné číslo ", "736028/5163", ""),
    ("cnp-ro", "CNP ", "1800101221144", ""),
    ("cnp-ro", "CNP ", "1900101000091", ""),
    ("kimlik-tr", "T.C. kimlik no ", "10000000146", ""),
    ("pps-ie", "PPS number ", "1234567T", ""),
    ("aadhaar-in", "Aadhaar ", "2341 2341 2346", ""),
    ("sin-ca", "SIN ", "046 454 286", ""),
    ("id-za", "ID number ", "8001015009087", ""),
    ("resident-id-cn", "", "11010519491231002X", ""),
    ("nric-sg", "", "S1234567D", ""),
    ("nric-sg", "FIN ", "M1234567K", ""),
    ("rrn-kr", "", "900101-1234568", ""),
    ("rut-cl", "", "12.345.678-5", ""),
)  # fmt: skip


def people() -> Iterator[Case]:
    """Yield one case of every kind of personal number and address."""
    for row in _PEOPLE:
        yield Case(*row)


def _check_digit(body: str) -> str:
    doubled = (
        sum(divmod(2 * int(digit), 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(body))
    )
    return str(-sum(doubled) % 10)


def cards(seed: int = 1) -> Iterator[Case]:
    """Yield a card number of every network, bare and in groups."""
    chance = seeded(seed)
    for prefix, length in _CARDS:
        body = prefix + "".join(chance.choices("0123456789", k=length - len(prefix) - 1))
        number = body + _check_digit(body)
        yield Case("card", "paid with ", number, ".")
        if length == 16:
            for gap in (" ", "-", "\u00a0"):
                yield Case("card", "card: ", gap.join(number[at : at + 4] for at in range(0, 16, 4)), "\n")
        if length == 15:
            yield Case("card", "", f"{number[:4]} {number[4:10]} {number[10:]}", "")


def ibans(seed: int = 1) -> Iterator[Case]:
    """Yield an account number of many countries, bare and in groups."""
    chance = seeded(seed)
    for country, shape in _ACCOUNTS.items():
        body = shape
        while "{" in body:
            head, _, rest = body.partition("{")
            size, _, tail = rest.partition("}")
            body = head + "".join(chance.choices("0123456789", k=int(size))) + tail
        number = int("".join(str(int(char, 36)) for char in f"{body}{country}00"))
        account = f"{country}{98 - number % 97:02d}{body}"
        yield Case("iban", "IBAN ", account, ", BIC")
        yield Case("iban", "to ", " ".join(account[at : at + 4] for at in range(0, len(account), 4)), "\n")

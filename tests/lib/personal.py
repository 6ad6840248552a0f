"""Made-up personal data in the many spellings of real ones, and the search for them in whatever a program has written.

A person's identity number, its coordination number, telephone and a made-up word that is in name, street and mail are marks: found in a text
however it is spelled, by the word alone and by the digits alone. Numbers are of the series kept for fiction.
"""
import random
import re
import string
import unicodedata

FULL_WIDTH = str.maketrans("0123456789@", "０１２３４５６７８９＠")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def check_digit(nine):
    total = sum(sum(divmod(int(d) * (2 - n % 2), 10)) for n, d in enumerate(nine))
    return str(-total % 10)


class Person:
    def __init__(self, rng):
        self.word = "".join(rng.choice(string.ascii_lowercase) for _ in range(8))
        self.century, day = rng.choice(("19", "20")), rng.randrange(1, 29)
        self.identity, self.coordination = self.number(rng, day), self.number(rng, day + 60)
        self.telephone = f"70174{rng.randrange(605, 700):04d}"
        self.flat = f"lgh {rng.randrange(1001, 1999)}"

    @staticmethod
    def number(rng, day):
        nine = f"{rng.randrange(10, 100)}{rng.randrange(1, 13):02d}{day:02d}{rng.randrange(980, 1000)}"
        return nine + check_digit(nine)

    def marks(self):
        """What gives the person away: in a text, in a text's digits."""
        return (self.word, self.flat), (self.identity, self.coordination, self.telephone)

    def identities(self):
        for n in (self.identity, self.coordination):
            yield from (n, self.century + n, f"{n[:6]}-{n[6:]}", f"{self.century}{n[:6]}-{n[6:]}", f"{n[:6]}+{n[6:]}", f"{n[:6]} {n[6:]}")
        n = self.identity
        yield from (f"{self.century}{n[:6]}+{n[6:]}", f"{n[:6]}\u2013{n[6:]}", f"{n[:6]}\u00a0{n[6:]}", f"{n[:6]}.{n[6:]}", " ".join(n), n.translate(FULL_WIDTH),
                    f"{self.century}{n[:6]}-{n[6:]}".translate(FULL_WIDTH), n.translate(ARABIC), f"pnr{n}x", f"Kalle{self.century}{n[:6]}-{n[6:]}son")

    def telephones(self):
        t = self.telephone
        groups = f"{t[2:5]} {t[5:7]} {t[7:]}"
        yield from (f"0{t}", f"0{t[:2]}-{groups}", f"+46 {t[:2]} {groups}", f"+46{t}", f"0046{t}", f"+46(0){t}", f"(0{t[:2]}) {t[2:]}", f"0{t}".translate(FULL_WIDTH),
                    f"tel0{t}ring")

    def names(self):
        name = self.word.capitalize() + "sson"
        yield from (f"Agneta {name}", f"{name.upper()}, Göran", f"agneta.{self.word}@example.se", f"<Agneta.{self.word.upper()}@EXAMPLE.SE>",
                    f"agneta{self.word}@example.se".translate(FULL_WIDTH), f"{name}gatan 14 B {self.flat}, 692 30 Kumla", f"{name}gatan 3, {self.flat}")

    def spellings(self):
        """Each alone, all short enough for any field."""
        return [*self.identities(), *self.telephones(), *self.names()]

    def sentence(self):
        return "Anmält av " + "; ".join(self.spellings()) + "."


def people(seed, names):
    """A person for each name: the same for the same seed."""
    rng = random.Random(seed)
    return {name: Person(rng) for name in names}


def folded(text):
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text) if not text.isascii() else text


def digits_of(text):
    """The text without what people put between digits; lines and columns stay apart. Longer runs than any number's are times in small units and
    hashes: left in, one of them would sooner or later hold somebody's digits by chance.
    """
    return re.sub(r"[^0-9a-z\t\n]", "", re.sub(r"[0-9]{15,}", "\t", text))


class Searcher:
    def __init__(self, persons):
        marks = [person.marks() for person in persons]
        self.words = re.compile("|".join(re.escape(w) for words, _ in marks for w in words))
        self.numbers = re.compile("|".join(n for _, numbers in marks for n in numbers))

    def find(self, text):
        """What of anybody stands in a text (or bytes): a list of surroundings, empty where there is nothing."""
        if isinstance(text, bytes):
            text = text.decode(errors="replace")
        text = folded(text)
        found = [text[max(m.start() - 80, 0):m.end() + 40] for m in self.words.finditer(text)]
        digits = digits_of(text)
        return found + ["digits: " + digits[max(m.start() - 40, 0):m.end() + 20] for m in self.numbers.finditer(digits)]

    def find_dump(self, text):
        """The same in a dump of a database, also within its bytea values."""
        return self.find(text) + [hit for value in re.findall(r"\\x((?:[0-9a-f]{2})+)", text) for hit in self.find(bytes.fromhex(value))]

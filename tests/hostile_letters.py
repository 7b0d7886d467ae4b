"""Letters: a good one, and those that nobody should have to open."""

import base64
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime
from itertools import count

from PIL import Image

ANNA = "anna@example.ru"
ACCOUNT = "370000015838"
ADDRESS = "г. Ижевск, ул. Песочная, д. 86, кв. 12"
WORDS = f"""Здравствуйте! Прошу выдать пин-код для личного кабинета.

Л/с 3700 0001 5838
Адрес: {ADDRESS}
Тел. 8 (912) 745-10-20
Скан паспорта приложен.
--
Анна
"""
_numbers = count(1)


def photo(colour: str = "navy") -> bytes:
    """A small JPEG."""
    file = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(file, "JPEG")
    return file.getvalue()


PHOTO = photo()


def letter(
    words: str = WORDS,
    subject: str = "Запрос пин-кода",
    sender: str | None = f"Анна <{ANNA}>",
    files: dict[str, bytes] | None = None,
    **headers: str,
) -> EmailMessage:
    """A request that has everything, unless it is told otherwise."""
    message = EmailMessage()
    if sender is not None:
        message["From"] = sender
    message["To"] = "secretary@example.ru"
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    message["Message-ID"] = f"<{next(_numbers)}.letter@example.ru>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(words)
    for name, content in ({"паспорт.jpg": PHOTO} if files is None else files).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def good(**changed: object) -> bytes:
    """Its bytes."""
    return letter(**changed).as_bytes()  # type: ignore[arg-type]


def _head(extra: bytes = b"", subject: bytes = b"PIN-code") -> bytes:
    return b"From: anna@example.ru\r\nSubject: " + subject + b"\r\n" + extra


def _zip_bomb() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as bomb:
        for number in range(10):
            bomb.writestr(f"{number}.jpg", bytes(1_000_000))
    return good(files={"паспорт.zip": inner.getvalue()})


def _html_only() -> bytes:
    markup = (
        "<html><head><title>x</title><style>p{color:red}</style></head><body onload='alert(1)'>"
        "<script>document.write('л/с 999999999999')</script><p>Прошу пин-код</p>"
        "<p>л/с&nbsp;3700&nbsp;0001&nbsp;5838<br>Адрес: г.&nbsp;Ижевск, ул. Песочная, д.&nbsp;86</p>"
        "<div>Телефон +7&nbsp;912&nbsp;745-10-20</div><img src=http://192.0.2.1/pixel></body></html>"
    )
    message = letter("")
    message.get_body().set_content(markup, subtype="html")  # type: ignore[union-attr]
    return message.as_bytes()


def _forwarded(times: int = 1, **own: object) -> bytes:
    """The good letter, attached to another, which may be attached to another."""
    message = letter(subject="Внутри")
    for _ in range(times):
        outer = letter(**{"words": "Прошу пин-код, всё во вложении", "files": {}, **own})  # type: ignore[arg-type]
        outer.add_attachment(message)
        message = outer
    return message.as_bytes()


def _nest(depth: int) -> bytes:
    pieces = [
        f"Content-Type: multipart/mixed; boundary=b{number}\r\n\r\n--b{number}\r\n".encode()
        for number in range(depth)
    ]
    return _head() + b"".join(pieces) + b"\r\nx"


def _many_files(how_many: int) -> bytes:
    part = b"--b\r\nContent-Type: image/jpeg\r\nContent-Disposition: attachment; filename=a.jpg\r\n\r\n\xff\xd8\xffabc\r\n"
    plain = b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + WORDS.encode() + b"\r\n"
    return (
        _head(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n") + plain + part * how_many + b"--b--\r\n"
    )


def _forwarded_parts(how_many: int) -> bytes:
    """A letter whose attached letter has so many files."""
    inner = _many_files(how_many)
    return (
        _head(b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n")
        + b"--outer\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--outer--\r\n"
    )  # fmt: skip


def _charset(declared: str, real: str) -> bytes:
    head = _head(
        f"Content-Type: text/plain; charset={declared}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode()
    )
    return head + WORDS.encode(real, "replace")


def _part(name_header: str, content: bytes = PHOTO) -> bytes:
    """A letter whose attachment has that Content-Disposition."""
    coded = base64.encodebytes(content).decode()
    return (
        _head(b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n")
        + b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + WORDS.encode() + b"\r\n--b\r\n"
        + f"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n{name_header}\r\n\r\n{coded}\r\n--b--\r\n".encode()
    )  # fmt: skip


def _bounce() -> bytes:
    message = letter(sender="Mail Delivery System <MAILER-DAEMON@example.ru>", Return_Path="<>")
    message.replace_header("Content-Type", 'multipart/report; boundary="r"; report-type=delivery-status')
    return b'Content-Type: multipart/report; boundary="r"\r\n' + message.as_bytes()


def _logo() -> bytes:
    message = letter(files={})
    logo = MIMEPart()
    logo.set_content(PHOTO[:800], "image", "jpeg", disposition="inline", cid="<logo@example.ru>")
    message.make_mixed()
    message.attach(logo)
    return message.as_bytes()


REQUESTS: dict[str, Callable[[], bytes]] = {
    "with everything": good,
    "HTML only, with scripts": _html_only,
    "utf-8 that says koi8-r": lambda: _good_charset("koi8-r", "utf-8"),
    "koi8-r that says windows-1251": lambda: _good_charset("windows-1251", "koi8-r"),
    "cp1251 that says us-ascii": lambda: _good_charset("us-ascii", "cp1251"),
    "cp1251 in a charset that nobody knows": lambda: _good_charset("x-unknown", "cp1251"),
    "a charset that unpacks": lambda: _good_charset("zlib", "utf-8"),
    "a charset that is no text": lambda: _part("X-Nothing: 1").replace(b"utf-8", b"\xef\xd0", 1),
    "a header's name without an end": lambda: b"X" * 3000 + b": a\r\n" + good(),
    "null bytes": lambda: good().replace(b"MIME-Version", b"X-Null: \0\0\0\r\nMIME-Version"),
    "a name that leads out of its folder": lambda: _part(
        'Content-Disposition: attachment; filename="../../../../etc/cron.d/x.jpg"'
    ),
    "a name turned round": lambda: _part(
        "Content-Disposition: attachment; filename*=utf-8''photo%E2%80%AEgpj.exe.jpg"
    ),
    "a name of 9000 characters": lambda: _part(
        f'Content-Disposition: attachment; filename="{"a" * 9000}.jpg"'
    ),
    "no name at all": lambda: _part("X-Nothing: 1"),
    "a date of the year 2099": lambda: good(Date="Fri, 01 Jan 2099 00:00:00 +0000"),
    "a date that is none": lambda: good(Date="вчера"),
    "a sender's name turned round": lambda: good(sender="\u202e\u0430\u043d\u043d\u0410 <anna@example.ru>"),
    "a subject of 100 000 characters": lambda: good().replace(
        b"Subject: ", b"Subject: " + b"a" * 100 + b"\r\n " * 1 + b"b" * 20_000 + b" "
    ),
    "a forwarded letter": _forwarded,
    "a forwarded letter, with the words of both": lambda: _forwarded(words=WORDS),
    "a hundred thousand spaces": lambda: good(words=WORDS + " " * 100_000 + "\n"),
}
"""Odd or hostile in form, and with all that a request needs."""


def _good_charset(declared: str, real: str) -> bytes:
    whole = _part("Content-Disposition: attachment; filename=a.jpg")
    return whole.replace(b"charset=utf-8", f"charset={declared}".encode()).replace(
        WORDS.encode(), WORDS.encode(real)
    )


LACKING: dict[str, Callable[[], bytes]] = {
    "zip bomb": _zip_bomb,
    "winmail.dat": lambda: good(files={"winmail.dat": b"\x78\x9f\x3e\x22" + b"x" * 500}),
    "a program": lambda: good(files={"паспорт.jpg.exe": b"MZ" + b"\0" * 500}),
    "a script that says it is a picture": lambda: good(files={"паспорт.jpg": b"<script>alert(1)</script>"}),
    "a Word document": lambda: good(files={"паспорт.docx": b"PK\x03\x04" + b"\0" * 500}),
    "a letter inside a letter inside the letter": lambda: _forwarded(2, words=WORDS),
    "a forwarded letter with five hundred parts": lambda: _forwarded_parts(500),
    "nothing attached": lambda: good(files={}),
    "a logo and nothing more": _logo,
    "two accounts": lambda: good(words=WORDS + "\nл/с 370000015839\n"),
    "no account": lambda: good(words="Прошу пин-код. Адрес: ул. Песочная, д. 8\nтел. 89127451020"),
    "no address and no phone": lambda: good(words="Прошу пин-код, л/с 370000015838"),
    "four files": lambda: good(files={f"{number}.jpg": PHOTO for number in range(4)}),
    "500 files": lambda: _many_files(500),
    "10 000 parts, one in another": lambda: _nest(10_000),
    "10 000 parts, one after another": lambda: _many_files(10_000),
    "an endless header": lambda: _head() + b"X-Endless: " + b"a" * 3_000_000,
    "a million headers": lambda: _head() + b"X: a\r\n" * 1_000_000 + b"\r\nx",
    "two million empty lines": lambda: _head() + b"\r\n" + b"\n" * 2_000_000,
    "garbage instead of base64": lambda: _part("Content-Disposition: attachment; filename=a.jpg").replace(
        base64.encodebytes(PHOTO), b"\xff\x00 not base64 at all!!! " * 1000
    ),
}
"""Answered with what is missing or too much."""

NOT_REQUESTS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no headers": lambda: b"\r\n" + WORDS.encode(),
    "bytes that are no letter": lambda: bytes(range(256)) * 100,
    "no sender": lambda: good(sender=None),
    "two senders": lambda: good(sender="anna@example.ru, boris@example.ru"),
    "a sender of 1900 brackets": lambda: _head().replace(b"anna@", b"(" * 1900 + b"anna@") + b"\r\nx",
    "a sender who is no address": lambda: good().replace(b"<anna@example.ru>", b"<anna>"),
    "readings": lambda: good(words=WORDS.replace("пин-код", "учесть показания"), subject="Показания"),
    "a question": lambda: good(words="Как получить пин-код? Пинг-понг.", files={}),
    "a picnic": lambda: good(words=WORDS.replace("пин-код для", "пиннинг"), subject="Спинка, pinning"),
    "an automatic reply": lambda: good(Auto_Submitted="auto-replied"),
    "an automatic letter": lambda: good(Auto_Submitted="auto-generated"),
    "a holiday reply of the old kind": lambda: good(Precedence="bulk"),
    "a mailing list": lambda: good(List_Id="<news.example.ru>"),
    "a bounce": _bounce,
    "nobody's letter": lambda: good(Return_Path="<>"),
    "no-reply": lambda: good(sender="no-reply@example.ru"),
    "a forwarded letter that names the PIN for itself alone": lambda: _forwarded(
        words="Посмотрите, что пришло", subject="Fwd: вопрос"
    ),
    "a letter that quotes a request": lambda: good(
        words="Спасибо!\n" + "\n".join(f"> {line}" for line in WORDS.splitlines()),
        subject="Re: Заявка",
        files={},
    ),
}
"""For people to read, or for nobody."""


def of_size(size: int) -> bytes:
    """A letter of so many bytes."""
    start = good()
    return start + (b"x" * 70 + b"\r\n") * ((size - len(start)) // 72 + 1)

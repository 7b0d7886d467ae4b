"""Every word that a person may need is there, whole, and in one place."""

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from cabinet.domain import charges, payments, pin_requests, readings, registers
from cabinet.domain.errors import CabinetError
from cabinet.texts import charges as charge_words
from cabinet.texts import errors as texts
from cabinet.texts import messages
from cabinet.texts import payments as payment_words
from cabinet.texts import pin_requests as request_words
from cabinet.texts import readings as reading_words
from cabinet.texts import registers as register_words
from tests.architecture.house import calls, errors, strings, trees

# `Several` is told by its problems; a refused line is told by its fault, in the table of rejected lines.
WITHOUT_WORDS = {"Several", "LineRefused"}
SAMPLES: dict[str, str | int] = {
    "kind": "pin",
    "why": "missing",
    "dependent": "payments",
    "retry_in": 30,
    "left": 2,
}
FORBIDDEN = re.compile(r"пожалуйста|некорректн|\bупс\b|\bюзер|\bсабмит|недопустим", re.IGNORECASE)
RUSSIAN = re.compile(r"[А-Яа-яЁё]{3,}")
# What people type, say or are called by is data there, not words of the portal.
MAY_SPEAK_RUSSIAN = {
    "cabinet/domain/account_search.py",
    "cabinet/domain/human_check.py",
    "cabinet/domain/identity.py",
    "cabinet/domain/money.py",
    "cabinet/domain/passwords.py",
    "cabinet/domain/pin_letters.py",
    "cabinet/domain/pin_requests.py",
    "cabinet/domain/second_factors.py",
    "cabinet/domain/spoken.py",
    "cabinet/settings.py",
}
TEMPLATE_FACTS = {
    "lacks",
    "request",
    "reason",
    "day",
    "pin",
    "supplier",
    "code",
    "left",
    "link",
    "address",
    "host",
    "account",
    "amount",
    "payment",
    "at",
    "new",
    "desk",
    "until",
}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def made() -> Iterator[tuple[str, str, set[str]]]:
    """Every place where an error is made: where, the error's class, the facts it is given."""
    for path, tree in trees().items():
        for name, call in calls(tree):
            if name in errors() and all(x.arg for x in call.keywords):
                yield f"{path}:{call.lineno}", name, {x.arg for x in call.keywords if x.arg} - {"field"}
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id in errors():
                yield f"{path}:{node.lineno}", node.exc.id, set()


def words_of(kind: type[CabinetError], facts: set[str]) -> str:
    """ "" when a fact is missing."""
    try:
        return texts.of(kind.code, kind.field, {name: SAMPLES.get(name, "1") for name in facts})
    except KeyError:
        return ""


def test_codes_are_each_rules_own() -> None:
    codes = [kind.code for kind in errors().values()]
    assert sorted(codes) == sorted(set(codes))


def test_every_rule_has_words() -> None:
    known = {*texts.WORDS, *texts._SPECIAL, "field.missing"}
    silent = {name for name, kind in errors().items() if kind.code not in known}
    assert silent == WITHOUT_WORDS


def test_every_word_is_some_rules_or_is_named_elsewhere() -> None:
    named = {text.value for path, tree in trees().items() if "/texts/" not in path for text in strings(tree)}
    codes = {kind.code for kind in errors().values()}
    assert {*texts.WORDS, *texts._SPECIAL} - codes - named == set()


def test_every_error_is_given_what_its_words_need() -> None:
    places = [(place, name, words_of(errors()[name], facts)) for place, name, facts in made()]
    assert len(places) > 70
    gaps = [(place, name) for place, name, words in places if not words or "{" in words]
    assert [(place, name) for place, name in gaps if name not in WITHOUT_WORDS] == []


@pytest.mark.parametrize("facts", [{}, {"retry_in": 1}, {"retry_in": 86400}, {"retry_in": 30, "bucket": "x"}])
def test_a_limit_says_how_long_to_wait(facts: dict[str, str | int]) -> None:
    assert re.search(r"\d+\u00a0(секунд|минут|час)", texts.of("too_many", "", facts))


def test_proofs_are_asked_for_and_refused_by_their_kind() -> None:
    for code in ("access.proof_wrong", "access.proof_missing"):
        assert len({texts.of(code, kind, {"kind": kind}) for kind in ("serial", "pin")}) == 2


@pytest.mark.parametrize(
    "field", ["access", "proof_kind", "consent", "password", "supplier", "number", "other"]
)
def test_an_empty_field_says_what_to_do(field: str) -> None:
    assert texts.of("field.missing", field, {})


@pytest.mark.parametrize("template", sorted(messages.TEMPLATES))
def test_every_letter_is_complete(template: str) -> None:
    words = messages.TEMPLATES[template]
    facts = dict.fromkeys(TEMPLATE_FACTS, "1")
    for part in (words.subject, words.lead, words.sms):
        assert part.strip() == part != ""
        assert placeholders(part) <= TEMPLATE_FACTS
    assert len(messages.subject(template, facts)) <= 78
    for text in (messages.letter_text(template, facts), messages.letter_html(template, facts)):
        assert messages.BRAND in text


def test_every_message_that_is_queued_has_its_template_and_facts() -> None:
    queued = [
        (call, {x.arg for x in call.keywords} | {"address", "host"})
        for tree in trees().values()
        for name, call in calls(tree)
        if name in {"queue_message", "tell_user"}
    ]
    assert len(queued) > 3
    for call, facts in queued:
        for template in _templates(call.args[3]):
            words = messages.TEMPLATES[template]
            needed = placeholders(words.subject) | placeholders(words.lead) | placeholders(words.sms)
            assert needed <= facts, template


def _templates(node: ast.expr) -> list[str]:
    """A template's name; of a computed one, all that begin so."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        found = [x for x in messages.TEMPLATES if x.startswith(str(node.values[0].value))]
        assert found
        return found
    return []  # a variable: its caller names the template


def test_no_text_begs_blames_or_giggles() -> None:
    said = [
        (path, text.lineno, text.value)
        for path, tree in trees().items()
        if path.startswith("cabinet/texts/")
        for text in strings(tree)
        if FORBIDDEN.search(str(text.value))
    ]
    assert said == []


def test_words_live_in_texts_and_nowhere_else() -> None:
    elsewhere = [
        (path, text.lineno, text.value)
        for path, tree in trees().items()
        if not path.startswith("cabinet/texts/") and path not in MAY_SPEAK_RUSSIAN
        for text in strings(tree)
        if RUSSIAN.search(str(text.value))
    ]
    assert elsewhere == []


def test_every_value_of_the_domain_has_its_word() -> None:
    assert all(charge_words.service(x) for x in charges.Service)
    assert all(charge_words.method(x) and charge_words.legal_source(x) for x in charges.ChargeMethod)
    assert all(reading_words.usage(x) for x in charges.Usage)
    assert all(
        reading_words.source(x, y, z)
        for x in readings.ReadingKind
        for y in readings.ReadingSource
        for z in ("", *readings.DialFall)
    )
    assert all(payment_words.status(x) for x in payments.PaymentStatus)
    assert payment_words.channel("терминал") == "терминал"
    assert set(request_words.KINDS) == set(pin_requests.DocumentKind)
    assert set(request_words.STATUSES) == set(pin_requests.RequestStatus) - {pin_requests.RequestStatus.DRAFT}
    assert set(request_words.DOCUMENT_REASONS) == set(pin_requests.DocumentReason)
    assert set(request_words.REJECT_REASONS) == set(pin_requests.RejectReason)
    assert set(register_words.FAULTS) == set(registers.Fault)
    assert set(register_words.KINDS) == set(registers.RegisterKind)
    assert set(register_words.ENCODINGS) == set(registers.Encoding)

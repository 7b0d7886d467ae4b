"""A client that keeps no rule against the served portal: anonymous, signed in, with others' tokens, with garbage."""

import base64
import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from cabinet import container
from cabinet.domain import totp
from cabinet.domain.human_check import Purpose, Stage
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor, OperatorRole
from cabinet.persistence.engine import make_engine
from cabinet.persistence.second_factors import TotpSecret
from cabinet.services import (
    confirmations,
    customer_accounts,
    human_check,
    operators,
    profile,
    registration,
    sessions,
)
from cabinet.services.deps import Deps
from cabinet.settings import Settings
from tests.e2e.portal import Portal, serving
from tests.e2e.sockets import RawSocket
from tests.factories import ACCOUNT, OTHER_ACCOUNT, OTHER_SERIAL, SERIAL
from tests.hostile import handlers, payloads, short
from tests.processes import poll
from tests.tables import checksums, rows_of

STATES = "reflex___state____state"
SIGN_IN = f"{STATES}.cabinet___ui___states___sign_in____sign_in_state"
HOME = f"{STATES}.cabinet___ui___states___home____home_state"
ACCOUNTS = f"{STATES}.cabinet___ui___states___customer_accounts____accounts_state"
PASSWORD = "пароль-канарейка-Ёж"
# Of Anna's own: her login, her meter, the street and the family of her account.
LOGIN = "canary-of-anna@example.ru"
CANARIES = (LOGIN, SERIAL, "Труда", "Широбоков")
LARGEST = 63_000  # bytes; a larger one only closes its own socket, see below
UNEXPECTED = re.compile("Номер для справки")


@dataclass
class Person:
    """Somebody who is signed in, with a browser of her own."""

    user: int
    account: int
    device: str
    cookie: str

    @property
    def cookies(self) -> dict[str, str]:
        return {"device": self.device, "session": self.cookie}


@dataclass
class Attacked:
    """A portal of this module's own, its database, Anna and Boris."""

    portal: Portal
    deps: Deps
    engine: Engine
    anna: Person
    boris: Person

    @property
    def log(self) -> str:
        return self.portal.log.read_text()

    def socket(self, cookies: dict[str, str] | None = None, **more: Any) -> RawSocket:
        return RawSocket(self.portal.url, cookies=cookies or {}, **more)

    def session_of(self, person: Person) -> str:
        """Another session of a person, in the same browser."""
        visitor = sessions.make_visitor(self.deps, person.device, "127.0.0.1", "")
        with self.deps.transaction() as tx:
            ticket = sessions.issue_ticket(self.deps, tx, tx.users.get(person.user), visitor, remember=True)
        opened = sessions.open_session(self.deps, Actor.anonymous(visitor), ticket)
        assert opened
        return opened.token


def join(portal: Portal, deps: Deps, login: str, number: str, serial: str) -> Person:
    """Register, confirm, choose the supplier, connect an account."""
    device = f"device-of-{login}"
    visitor = sessions.make_visitor(deps, device, "127.0.0.1", "")
    passed = human_check._stage(deps, Stage.PASS, visitor, Purpose.REGISTER)
    with deps.transaction() as tx:
        tx.challenges.add(passed)
    form = {"login": login, "password": PASSWORD, "consent": "on"}
    registration.register(deps, Actor.anonymous(visitor), registration.Register.parse(form, passed.id))
    entered = confirmations.confirm_code(deps, Actor.anonymous(visitor), portal.code(login))
    opened = sessions.open_session(deps, Actor.anonymous(visitor), entered.ticket)
    assert opened
    actor = sessions.identify(deps, visitor, opened.token)
    profile.choose_supplier(deps, actor, profile.list_suppliers(deps, actor)[0].id)
    proof = {"access": "extended", "proof_kind": "serial", "serial": serial}
    row = customer_accounts.link_account(deps, actor, customer_accounts.LinkAccount.parse(proof, number))
    return Person(actor.user, int(row.id), device, opened.token)


@pytest.fixture(scope="module")
def attacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    with serving(tmp_path_factory.mktemp("attacked")) as portal:
        settings = Settings(env="test", data_dir=portal.data_dir, public_url=portal.url, bcrypt_cost=4)
        deps, engine = container.build(settings), make_engine(settings.database)
        anna = join(portal, deps, LOGIN, ACCOUNT, SERIAL)
        boris = join(portal, deps, "boris@example.ru", OTHER_ACCOUNT, OTHER_SERIAL)
        poll(lambda: unsent(engine) == 0, 20, "the worker has nothing to send")
        yield Attacked(portal, deps, engine, anna, boris)
        engine.dispose()


def unsent(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(
            connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE due_at IS NOT NULL").scalar_one()
        )


def attack(attacked: Attacked, name: str, cookies: dict[str, str], token: str) -> str:
    """What the server sends for every hostile payload of a handler, as text."""
    with attacked.socket(cookies, token=token) as socket:
        for payload in (x for x in payloads(name) if len(json.dumps(x)) < LARGEST):
            socket.call(name, payload, "/pay", account="1", payment="1", number=ACCOUNT)
        said = json.dumps(socket.settle(), ensure_ascii=False)
        assert socket.alive
    return said


@pytest.fixture
def honest(attacked: Attacked) -> Iterator[Callable[[], list[bool]]]:
    """Somebody else's page asks again and again meanwhile: whether it was answered, each time."""
    answered: list[bool] = []
    over = threading.Event()

    def ask() -> None:
        with attacked.socket({"device": "honest"}, token="honest") as socket:
            while not over.is_set():
                answered.append(bool(socket.hydrate()))
                over.wait(0.06)

    thread = threading.Thread(target=ask)
    thread.start()

    def ended() -> list[bool]:
        over.set()
        thread.join()
        return answered

    yield ended
    ended()


def test_an_anonymous_socket_that_calls_everything_changes_nothing(
    attacked: Attacked, honest: Callable[[], list[bool]]
) -> None:
    before = checksums(attacked.engine)
    said = {
        name: attack(attacked, name, {"device": "anonymous"}, f"anonymous-{number}")
        for number, name in enumerate(handlers())
    }
    assert len(said) > 25
    assert checksums(attacked.engine) == before
    assert [short(x) for x, text in said.items() if UNEXPECTED.search(text)] == []
    assert [short(x) for x, text in said.items() if any(canary in text for canary in CANARIES)] == []
    assert "Traceback" not in attacked.log
    assert "unexpected" not in attacked.log
    assert len(honest()) > 10
    assert all(honest())


def test_a_stranger_who_calls_everything_neither_changes_nor_sees_what_is_annas(attacked: Attacked) -> None:
    of_anna = {"user_id": attacked.anna.user, "customer_account_id": attacked.anna.account}
    before = rows_of(attacked.engine, **of_anna)
    boris = attacked.boris
    said = {}
    for number, name in enumerate(handlers()):
        cookies = {"device": boris.device, "session": attacked.session_of(boris)}
        said[name] = attack(attacked, name, cookies, f"boris-{number}")
    assert rows_of(attacked.engine, **of_anna) == before
    assert [short(x) for x, text in said.items() if UNEXPECTED.search(text)] == []
    assert [short(x) for x, text in said.items() if any(canary in text for canary in CANARIES)] == []
    assert "Traceback" not in attacked.log


def at_home(attacked: Attacked, socket: RawSocket) -> None:
    socket.call(f"{HOME}.load", {}, "/")
    assert ACCOUNT in json.dumps(socket.settle())
    assert ACCOUNT in json.dumps(socket.hydrate())


@pytest.mark.parametrize("thief", ["nobody", "boris", "half", "made up"])
def test_a_stolen_client_token_opens_an_empty_state(attacked: Attacked, thief: str) -> None:
    anna, boris = attacked.anna, attacked.boris
    cookies = {
        "nobody": {},
        "boris": boris.cookies,
        "half": {"device": anna.device},
        "made up": {"device": anna.device, "session": "made-up"},
    }[thief]
    with attacked.socket(anna.cookies, token="stolen") as own:
        at_home(attacked, own)
    with attacked.socket(cookies, token="stolen") as socket:
        state = json.dumps(socket.hydrate(), ensure_ascii=False)
        assert "home_state" in state
        assert ACCOUNT not in state
        assert not [x for x in CANARIES if x in state]
        for path in ("/", "/accounts", "/charges"):
            socket.call(f"{STATES}.hydrate_and_load", {}, path)
        assert ACCOUNT not in json.dumps(socket.settle())
    with attacked.socket(anna.cookies, token="stolen") as again:
        assert ACCOUNT in json.dumps(again.hydrate())  # and hers is still there for her


def test_a_token_in_use_is_not_taken_over(attacked: Attacked) -> None:
    with (
        attacked.socket(attacked.anna.cookies, token="in-use") as own,
        attacked.socket({}, token="in-use") as thief,
    ):
        at_home(attacked, own)
        assert ACCOUNT not in json.dumps(thief.hydrate())
        own.call(f"{ACCOUNTS}.load", {}, "/accounts")
        assert "accounts_state" in json.dumps(own.settle())
        assert thief.settle() == []


def test_after_signing_out_the_old_socket_is_closed_and_a_new_one_anonymous(attacked: Attacked) -> None:
    cookies = {"device": attacked.anna.device, "session": attacked.session_of(attacked.anna)}
    with attacked.socket(cookies, token="signing-out") as socket:
        at_home(attacked, socket)
        answer = httpx.post(
            f"{attacked.portal.url}/api/session/end", cookies=cookies, headers={"origin": attacked.portal.url}
        )
        assert answer.status_code == 303
        assert closes(socket)
    with attacked.socket(cookies, token="signing-out") as again:
        assert ACCOUNT not in json.dumps(again.hydrate())
        again.call(f"{ACCOUNTS}.load", {}, "/accounts")
        said = json.dumps(again.settle())
        assert "/login?next=%2Faccounts" in said
        assert ACCOUNT not in said


def test_after_signing_out_a_hydration_alone_gives_nothing(attacked: Attacked) -> None:
    cookies = {"device": attacked.anna.device, "session": attacked.session_of(attacked.anna)}
    with attacked.socket(cookies, token="signing-out-2") as socket:
        at_home(attacked, socket)
        sessions.close_session(attacked.deps, cookies["session"])
        assert ACCOUNT not in json.dumps(socket.hydrate())


GARBAGE: dict[str, list[str | bytes]] = {
    "not a frame": ["garbage CANARY"],
    "not a packet": ["4garbage CANARY"],
    "nothing": [""],
    "an empty packet": ["4"],
    "no event": ["42/_event,"],
    "no name": ["42/_event,[]"],
    "no list": ['42/_event,{"name":"CANARY"}'],
    "not json": ["42/_event,[CANARY"],
    "deep": ["42/_event," + "[" * 30_000],
    "a number of 6000 digits": ['42/_event,["event",{"name":' + "9" * 6000 + "}]"],
    "a binary frame": [b"\x00CANARY"],
    "a binary event": ['451-/_event,["event",{"_placeholder":true,"num":0}]', b"CANARY"],
    "a million attachments": ['451000000-/_event,["event"]'],
    "an attachment that is not there": ['451-/_event,["event",{"_placeholder":true,"num":9}]', b"CANARY"],
    "an acknowledgement": ['43/_event,7["CANARY"]'],
    "an error": ['44/_event,"CANARY"'],
    "an unknown packet": ["49/_event,[]"],
    "another namespace": ["40/CANARY,", '42/CANARY,["event",{}]'],
    "a second connect": ["40/_event,", '40/_event,{"event":"CANARY","state_schema":"CANARY"}'],
    "a disconnect": ["41/_event,", '42/_event,["event",{}]'],
    "a probe": ["2probe", "5"],
    "1 MB": ['42/_event,["event","' + "x" * 1_000_000 + '"]'],
}


@pytest.mark.parametrize("frames", GARBAGE.values(), ids=GARBAGE)
def test_garbage_hurts_only_its_sender(attacked: Attacked, frames: list[str | bytes]) -> None:
    with attacked.socket({"device": "garbage"}, token="garbage") as socket:
        for frame in frames:
            socket.raw(frame)
        socket.read(0.3)
    with attacked.socket({"device": "honest"}, token="honest-too") as other:
        assert other.hydrate()
    assert "CANARY" not in attacked.log
    assert "Traceback" not in attacked.log


def test_a_million_bytes_close_the_socket(attacked: Attacked) -> None:
    with attacked.socket({"device": "garbage"}, token="big") as socket:
        assert socket.hydrate()
        socket.raw(GARBAGE["1 MB"][0])
        assert not socket.alive


def test_more_events_than_a_person_makes_close_the_socket(attacked: Attacked) -> None:
    with attacked.socket({"device": "fast"}, token="fast") as socket:
        for _ in range(300):
            socket.emit("ping")
        while socket.read(2) is not None:
            pass
        assert socket.received.count(["ping", "pong"]) < 300


EVENTS: dict[str, Any] = {
    "no name": {"payload": {}},
    "an unknown name": {"name": f"{STATES}.nothing", "payload": {"x": "CANARY"}},
    "setvar": {"name": f"{SIGN_IN}.setvar", "payload": {"var_name": "ticket", "value": "CANARY"}},
    "a list for a name": {"name": ["CANARY"]},
    "a list for a payload": {"name": f"{SIGN_IN}.submit", "payload": ["CANARY"]},
    "another argument": {"name": f"{SIGN_IN}.submit", "payload": {"CANARY": "CANARY"}},
    "self": {"name": f"{SIGN_IN}.submit", "payload": {"self": "CANARY", "form": {}}},
    "a text for a form": {"name": f"{SIGN_IN}.submit", "payload": {"form": "CANARY"}},
    "vars of the browser": {"name": f"{STATES}.hydrate_and_load", "payload": {"vars": {"a.b": "CANARY"}}},
    "hashes": {"name": f"{STATES}.hydrate_and_load", "payload": {"hashes": {"CANARY": 1}}},
    "hydrated by what": {"name": f"{STATES}.set_is_hydrated", "payload": {"value": "CANARY"}},
    "router data": {"name": f"{STATES}.hydrate", "router_data": ["CANARY"]},
    "router's parts": {
        "name": f"{STATES}.hydrate",
        "router_data": {"pathname": ["CANARY"], "asPath": {"CANARY": 1}, "query": {"CANARY": ["CANARY"]}},
    },
    "a foreign address": {"name": f"{STATES}.hydrate", "router_data": {"asPath": "http://[CANARY"}},
    "a text": "CANARY",
    "a list": ["CANARY"],
    "a number": 10**30,
    "null": None,
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_an_event_that_does_not_fit_is_dropped(attacked: Attacked, event: Any) -> None:
    with attacked.socket({"device": "misfit"}, token="misfit") as socket:
        assert socket.hydrate()
        socket.emit("event", event)
        said = json.dumps(socket.settle(), ensure_ascii=False)
        assert socket.alive
    assert "_call_function" not in said
    assert "CANARY" not in said + attacked.log
    assert "Traceback" not in attacked.log


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_a_first_event_that_does_not_fit_is_dropped(attacked: Attacked, event: Any) -> None:
    auth = {"event": event, "state_schema": ["CANARY"]}
    with attacked.socket({"device": "misfit"}, token="misfit-first", auth=auth) as socket:
        assert socket.hydrate()
    assert "CANARY" not in attacked.log
    assert "Traceback" not in attacked.log


def test_nobody_may_name_its_own_headers_and_address(attacked: Attacked) -> None:
    """Socket.IO hands a client's event `connect` to the method that takes the request."""
    scope = '{"client":["203.0.113.66",1],"headers":[[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]]}'
    with attacked.socket({"device": "spoofing"}, token="spoofing") as socket:
        socket.raw(f'452-/_event,["connect",{{"QUERY_STRING":"token=x","asgi.scope":{scope}}},null]')
        socket.raw(b"cookie")
        socket.raw(b"device=other")
        assert "203.0.113.66" not in json.dumps(socket.hydrate())
        socket.call(f"{SIGN_IN}.submit", {"form": {"login": "nobody@example.ru", "password": "x" * 9}})
        assert "не подош" in json.dumps(socket.settle(), ensure_ascii=False)
    with attacked.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM attempts WHERE subject = '203.0.113.66'")
        assert rows.scalar_one() == 0


def test_what_breaks_tells_a_number_and_no_value(attacked: Attacked) -> None:
    """A database error has the values in its text; the log has neither the text nor them."""
    file = attacked.portal.data_dir / "cabinet.db"
    form = {"login": "canary-of-a-login@example.ru", "password": PASSWORD}
    with (
        attacked.socket({"device": "canary-of-a-device"}, token="canary-of-a-token") as socket,
        closing(sqlite3.connect(file, timeout=20, isolation_level=None)) as database,
    ):
        database.execute("ALTER TABLE attempts RENAME TO attempts_away")
        try:
            socket.call(f"{SIGN_IN}.submit", {"form": form})
            said = json.dumps(socket.settle(), ensure_ascii=False)
        finally:
            database.execute("ALTER TABLE attempts_away RENAME TO attempts")
    shown = re.search(r"Номер для справки: ([0-9A-F]{8})", said)
    assert shown
    (line,) = [x for x in attacked.log.splitlines() if shown[1] in x]
    assert "OperationalError at " in line
    assert "persistence/attempts.py:" in line
    assert "canary" not in line


def test_secrets_are_in_no_log_no_file_and_no_delta(attacked: Attacked) -> None:
    anna, url = attacked.anna, attacked.portal.url
    with attacked.socket(anna.cookies, token="secrets") as socket:
        socket.call(f"{SIGN_IN}.submit", {"form": {"login": LOGIN, "password": PASSWORD}})
        said = json.dumps(socket.settle(), ensure_ascii=False)
        ticket = re.search(r'"ticket_rx_state_": "([\w-]{40,})"', said)
        assert ticket
        said += json.dumps(socket.hydrate(), ensure_ascii=False).replace(ticket[1], "")
    origin = {"origin": url}
    answer = httpx.post(
        f"{url}/api/session", data={"ticket": ticket[1]}, cookies=anna.cookies, headers=origin
    )
    cookie = answer.cookies["session"]
    httpx.get(f"{url}/api/health/ready", cookies={"session": cookie})
    secrets = {PASSWORD, ticket[1], cookie, anna.cookie, anna.device}
    assert not [x for x in secrets - {ticket[1]} if x in said]
    assert not [x for x in secrets if x in attacked.log]
    found = [
        (path.name, secret)
        for path in attacked.portal.data_dir.rglob("*")
        if path.is_file()
        for secret in secrets
        if secret.encode() in path.read_bytes()
    ]
    assert found == []


FACTORS = f"{STATES}.cabinet___ui___states___second_factors____second_factors_state"
PASSKEYS = f"{STATES}.cabinet___ui___states___passkeys____passkeys_state"
DESK = f"{STATES}.cabinet___ui___states___desk_pins____desk_pins_state"


def at_the_desk(attacked: Attacked) -> dict[str, str]:
    """The cookies of an operator whose second factor is on and was shown."""
    login, deps, device = "olga@example.ru", attacked.deps, "device-of-olga"
    command = operators.AddOperator.parse(login, "izhevsk", "Ольга Зорина", OperatorRole.CLERK)
    operators.add_operator(deps, Actor.system(), command)
    visitor = sessions.make_visitor(deps, device, "127.0.0.1", "")
    now = deps.clock.now()
    with deps.transaction() as tx:
        user = tx.users.find_by_login(Login.parse(login))
        assert user
        sealed = deps.seal.seal(b"x" * 20, f"totp of user {user.id}")
        secret = TotpSecret(user_id=user.id or 0, sealed=sealed, created_at=now, confirmed_at=now)
        tx.second_factors.add_totp(secret)
        ticket = sessions.issue_ticket(deps, tx, user, visitor, remember=False, factor=True)
    opened = sessions.open_session(deps, Actor.anonymous(visitor), ticket)
    assert opened
    return {"device": device, "session": opened.token}


def of_state(said: list[Any], state: str) -> tuple[str, str]:
    """What was sent of a state, and of all others, as text."""
    deltas = [x.get("delta") or {} for x in flattened(said)]
    own = [x[state] for x in deltas if state in x]
    others = [{k: v for k, v in x.items() if k != state} for x in deltas]
    return json.dumps(own, ensure_ascii=False), json.dumps(others, ensure_ascii=False)


def flattened(said: Any) -> list[dict[str, Any]]:
    """Every update in what the server sent, however it is wrapped."""
    if isinstance(said, list):
        return [y for x in said for y in flattened(x)]
    return [said] if isinstance(said, dict) else []


def test_secrets_of_the_factors_and_the_pin_are_in_no_log_no_file_and_no_other_states_delta(
    attacked: Attacked,
) -> None:
    cookies = {"device": attacked.anna.device, "session": attacked.session_of(attacked.anna)}
    told: list[tuple[str, list[Any]]] = []
    with attacked.socket(cookies, token="factors") as socket:
        socket.call(f"{FACTORS}.begin", {}, "/settings/second")
        said = socket.settle()
        told.append((FACTORS, said))
        spelled = re.search(r'"secret": "([A-Z2-7 ]{32,})"', of_state(said, FACTORS)[0])
        assert spelled
        secret = base64.b32decode(spelled[1].replace(" ", ""))
        code = totp.code_at(secret, totp.step_at(attacked.deps.clock.now()))
        socket.call(f"{FACTORS}.confirm", {"form": {"code": code}}, "/settings/second")
        said = socket.settle()
        told.append((FACTORS, said))
        codes = re.findall(r'"([0-9a-zA-Z]{4}(?:-[0-9a-zA-Z]{4}){5})"', of_state(said, FACTORS)[0])
        assert len(codes) == 10
        socket.call(f"{PASSKEYS}.add", {}, "/settings/passkeys")
        said = socket.settle()
        told.append((PASSKEYS, said))
        challenge = re.search(r'"challenge\\*": ?\\*"([\w-]{40,})', of_state(said, PASSKEYS)[0])
        assert challenge
        socket.call(f"{FACTORS}.saved", {}, "/settings/second")
        told.append(("", socket.settle()))
        socket.call(f"{HOME}.load", {}, "/")
        told.append(("", socket.settle()))
    desk = at_the_desk(attacked)
    with attacked.socket(desk, token="desk") as socket:
        socket.call(f"{DESK}.search", {"form": {"query": ACCOUNT}}, "/desk")
        key = re.search(r'"key_rx_state_": ?"([\w-]{43})"', json.dumps(socket.settle()))
        assert key
        form = {"key": key[1], "shown": "passport", "checked": "on", "delivery": "print", "email": ""}
        socket.call(f"{DESK}.issue", {"form": form}, "/desk")
        said = socket.settle()
        told.append((DESK, said))
        pin = re.search(r'"pin": ?"([1-9a-z]{8})"', of_state(said, DESK)[0])
        assert pin
    data = {"account": str(attacked.anna.account), "pin": pin[1]}
    origin = {"origin": attacked.portal.url}
    slip = httpx.post(f"{attacked.portal.url}/api/desk/slip", data=data, cookies=desk, headers=origin)
    assert slip.status_code == 200
    assert slip.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in slip.headers["content-security-policy"]
    secrets = {spelled[1], spelled[1].replace(" ", ""), code, challenge[1], pin[1], *codes}
    for state, said in told:
        others = of_state(said, state)[1]
        assert not [x for x in secrets - {code} if x in others]
    assert not [
        x for x in secrets if re.search(rf"(?<![0-9A-Za-z]){re.escape(x)}(?![0-9A-Za-z])", attacked.log)
    ]
    kept = {x.encode() for x in secrets - {code}} | {secret} | {x.replace("-", "").encode() for x in codes}
    files = [x for x in attacked.portal.data_dir.rglob("*") if x.is_file()]
    assert [(x.name, y) for x in files for y in kept if y in x.read_bytes()] == []


def test_a_session_that_is_signed_out_closes_its_socket_at_once_and_no_other(attacked: Attacked) -> None:
    own, other = (
        {"device": attacked.anna.device, "session": attacked.session_of(attacked.anna)} for _ in range(2)
    )
    with (
        attacked.socket(own, token="stays") as stays,
        attacked.socket(other, token="goes") as goes,
    ):
        for socket in (stays, goes):
            socket.call(f"{HOME}.load", path="/")
            assert ACCOUNT in json.dumps(socket.settle())
        answer = httpx.post(
            f"{attacked.portal.url}/api/session/end", cookies=other, headers={"Origin": attacked.portal.url}
        )
        assert answer.status_code == httpx.codes.SEE_OTHER
        assert closes(goes)
        assert stays.alive


def test_a_session_that_was_ended_by_another_process_closes_its_socket_after_its_next_event(
    attacked: Attacked,
) -> None:
    cookies = {"device": attacked.anna.device, "session": attacked.session_of(attacked.anna)}
    with attacked.socket(cookies, token="ended") as socket:
        socket.call(f"{HOME}.load", path="/")
        assert ACCOUNT in json.dumps(socket.settle())
        sessions.close_session(attacked.deps, cookies["session"])
        socket.call(f"{ACCOUNTS}.load", path="/accounts")
        assert closes(socket)
        assert "/login" in json.dumps(socket.received)


def closes(socket: RawSocket) -> bool:
    """Whether the server closes it in time."""
    while socket.read() is not None:
        pass
    return socket.received[-1] is None

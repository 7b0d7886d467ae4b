"""The operator's commands speak Russian, say what they did, and end with 0, 1 or 2."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

from cabinet import terminal
from cabinet.commands import demo, pins, registers, suppliers
from cabinet.texts import registers as texts
from tests.register_files import ACCOUNTS, DIRTY, text_of, write

Run = Callable[..., Result]


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path) -> Run:
    """Runs a command line against a fresh database."""
    application = typer.Typer(pretty_exceptions_enable=False)
    for module in (demo, pins, registers, suppliers):
        module.mount(application)
    environment = {
        "CABINET_DATABASE_URL": sqlite_url,
        "CABINET_DATA_DIR": str(tmp_path),
        "CABINET_ENV": "test",
        "CABINET_BCRYPT_COST": "4",
        "TERM": "dumb",
    }

    def invoke(*words: str | Path, **more: str) -> Result:
        return CliRunner().invoke(application, [str(w) for w in words], env={**environment, **more})

    return invoke


def izhevsk(run: Run) -> None:
    assert run("supplier", "add", "izhevsk", "--name", "Газ", "--timezone", "Europe/Samara").exit_code == 0


def test_an_import_prints_what_it_did(run: Run, tmp_path: Path) -> None:
    izhevsk(run)
    rejects = tmp_path / "rejects.csv"
    words = ("register", "import", "accounts", DIRTY / "accounts.csv", "--supplier", "izhevsk")
    said = run(*words, "--rejects", rejects)
    assert said.exit_code == 0
    for name, value in (("Прочитано строк", 46), ("Добавлено", 40), ("В карантине", 6)):
        assert re.search(rf"{name} +│ {value}\b", said.output)
    assert "Windows-1251" in said.output
    assert re.search(r"36 +│ pin_bcrypt", said.output)
    assert "100 %" in said.output
    assert rejects.read_text("utf-8").startswith("line;column;reason;original\n6;account;")
    again = run(*words)
    assert again.exit_code == 0
    assert "Этот файл уже загружен. Ничего не изменилось." in again.output


def test_a_dry_run_says_that_nothing_is_kept(run: Run) -> None:
    izhevsk(run)
    said = run("register", "import", "accounts", DIRTY / "accounts.csv", "--supplier", "izhevsk", "--dry-run")
    assert (said.exit_code, "ничего не сохранено" in said.output) == (0, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Файл пуст"),
        (b"PK\x03\x04\x14\0\x08", "не текстовый файл"),
        ("account;цвет\n".encode(), "«цвет»"),
        (b"account;street\n", "«locality», «house»"),
        (text_of(ACCOUNTS).encode("utf-16"), "не текстовый файл"),
    ],
)
def test_a_refused_file_is_told_in_words(run: Run, tmp_path: Path, content: bytes, words: str) -> None:
    izhevsk(run)
    path = tmp_path / "register.csv"
    path.write_bytes(content)
    said = run("register", "import", "accounts", path, "--supplier", "izhevsk")
    assert (said.exit_code, words in said.output, "Traceback" in said.output) == (1, True, False)


def test_what_cannot_be_done_is_told_in_words(run: Run, tmp_path: Path) -> None:
    izhevsk(run)
    good = write(tmp_path, ACCOUNTS, {})
    importing = ("register", "import", "accounts")
    for line, words in (
        ((*importing, tmp_path / "none.csv", "--supplier", "izhevsk"), "такого файла нет"),
        ((*importing, tmp_path, "--supplier", "izhevsk"), "это папка"),
        ((*importing, good, "--supplier", "nobody"), "Поставщика «nobody» нет"),
        ((*importing, good, "--supplier", "izhevsk", "--rejects", good), "не записать"),
        (("pin", "issue", "--supplier", "izhevsk", "--account", "37"), "нет лицевого счёта 37"),
        (("supplier", "add", "izhevsk", "--name", "Газ", "--timezone", "Europe/Samara"), "уже есть"),
    ):
        said = run(*line)
        assert (said.exit_code, words in said.output) == (1, True), said.output


def test_an_export_writes_a_file_once_and_says_so(run: Run, tmp_path: Path) -> None:
    izhevsk(run)
    file = tmp_path / "payments.csv"
    line = ("register", "export", "payments", file, "--supplier", "izhevsk", "--since", "2026-11-01")
    said = run(*line)
    assert (said.exit_code, "Оплаты: записано строк — 0" in said.output) == (0, True), said.output
    assert file.read_text("utf-8") == "account;paid_at;amount;payment_id;acquirer;acquirer_payment_id\n"
    again = run(*line)
    assert (again.exit_code, "уже есть" in again.output) == (1, True)
    assert run(*line[:-1], "1 ноября").exit_code == 2


def test_an_undo_says_what_went(run: Run) -> None:
    izhevsk(run)
    line = ("register", "undo", "accounts", "--supplier", "izhevsk")
    nothing = run(*line)
    assert (nothing.exit_code, "Отменять нечего" in nothing.output) == (1, True)
    run("register", "import", "accounts", DIRTY / "accounts.csv", "--supplier", "izhevsk")
    for words, said in (("Пробный прогон", run(*line, "--dry-run")), ("accounts.csv отменена", run(*line))):
        assert (said.exit_code, words in said.output) == (0, True), said.output
        assert re.search(r"Лицевые счета +│ 40 +│ 0", said.output)


def test_an_undo_that_is_refused_says_why(run: Run) -> None:
    izhevsk(run)
    for kind in ("accounts", "charges"):
        run("register", "import", kind, DIRTY / f"{kind}.csv", "--supplier", "izhevsk")
    said = run("register", "undo", "accounts", "--supplier", "izhevsk")
    assert (said.exit_code, "загружали другие реестры" in said.output) == (1, True)


@pytest.mark.parametrize(
    "line",
    [
        ("register", "export", "charges", "x.csv", "--supplier", "izhevsk"),
        ("register", "undo", "accounts"),
        ("register", "import", "houses", "x.csv", "--supplier", "izhevsk"),
        ("register", "import", "accounts", "x.csv"),
        ("pin", "issue", "--account", "37"),
        ("supplier", "add"),
    ],
)
def test_wrong_use_ends_with_2(run: Run, line: tuple[str, ...]) -> None:
    assert run(*line).exit_code == 2


def test_a_database_without_tables_is_told_in_words(run: Run, tmp_path: Path) -> None:
    said = run("demo", "load", CABINET_DATABASE_URL=f"sqlite:///{tmp_path / 'empty.db'}")
    assert (said.exit_code, "migrate" in said.output) == (1, True)


def test_the_demo_prints_what_to_try(run: Run) -> None:
    said = run("demo", "load")
    assert said.exit_code == 0
    assert re.search(r"370000000000 │ 52992312 +│ glazov3k │ Sarapul1", said.output)
    assert "и ещё 48" in said.output
    assert "уже загружен" in run("demo", "load").output


def test_production_takes_no_demo_data(run: Run) -> None:
    production = {
        "CABINET_ENV": "production",
        "CABINET_BCRYPT_COST": "12",
        "CABINET_SECRET_KEY": "k" * 32,
        "CABINET_DOCUMENTS_KEY": "d" * 32,
        "CABINET_PUBLIC_URL": "https://example.ru",
        "CABINET_MAIL": "resend",
        "CABINET_RESEND_API_KEY": "re_1",
        "CABINET_MAIL_FROM": "Газ дома <kabinet@example.ru>",
        "CABINET_SMS": "smsc",
        "CABINET_SMS_KEY": "s",
        "CABINET_ACQUIRER": "yookassa",
    }
    said = run("demo", "load", **production)
    assert (said.exit_code, said.output.strip()) == (2, texts.DEMO_REFUSED)


def test_a_pin_is_printed_once(run: Run) -> None:
    run("demo", "load")
    said = run("pin", "issue", "--supplier", "izhevsk", "--account", "370000015838")
    assert said.exit_code == 0
    assert re.search(r"370000015838: [1-9a-z]{8}\n", said.output)


def test_suppliers_are_listed(run: Run) -> None:
    assert "Поставщиков ещё нет" in run("supplier", "list").output
    izhevsk(run)
    assert re.search(r"izhevsk +│ Газ +│ Europe/Samara", run("supplier", "list").output)


def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere() -> None:
    screen, paper = io.StringIO(), io.StringIO()
    for file, is_terminal in ((screen, True), (paper, False)):
        console = Console(file=file, force_terminal=is_terminal, width=100)
        with terminal.progress(console, "Счета [x]") as hear:
            for done in range(0, 1001, 50):
                hear(done, 1000)
    assert "━" in screen.getvalue()
    assert paper.getvalue().split("\n") == ["Счета [x]", *(f"{n} %" for n in range(10, 101, 10)), ""]


def test_the_rules_of_a_supplier_are_printed_and_added_from_today_on(run: Run) -> None:
    izhevsk(run)
    rules = ("--reading-from", "20", "--reading-to", "5", "--due", "10", "--max-consumption", "5000")
    added = run("supplier", "policy", "izhevsk", "--since", "2099-01-01", *rules)
    assert added.exit_code == 0, added.output
    assert (
        "2099"
        in run(
            "supplier", "policy", "izhevsk", "--since", "2099-01-01", "--usage", "stove", "--price", "9,15"
        ).output
    )
    again = run("supplier", "policy", "izhevsk", "--since", "2099-01-01", *rules)
    past = run("supplier", "policy", "izhevsk", "--since", "2020-02-01", *rules)
    half = run("supplier", "policy", "izhevsk", "--since", "завтра", "--due", "31")
    assert [x.exit_code for x in (again, past, half)] == [1, 1, 1]
    assert "due_day: Введите целое число от 1 до 28" in half.output
    assert "valid_from: Укажите день" in half.output
    assert run("supplier", "policy", "nobody").exit_code == 1


def test_a_coefficient_of_a_region_is_added_on_the_command_line(run: Run) -> None:
    izhevsk(run)
    policy = ("supplier", "policy", "izhevsk")
    factor = ("--since", "2099-01-01", "--kind", "coefficient", "--value", "0,965")
    added = run(*policy, *factor)
    assert added.exit_code == 0, added.output
    assert "0,965" in run(*policy).output
    strange, half = run(*policy, *factor, "--region", "Атлантида"), run(*policy, "--kind", "norm_stove")
    assert [x.exit_code for x in (strange, half)] == [1, 1]
    assert "Такого региона нет в реестре" in strange.output
    assert "value: Введите число" in half.output

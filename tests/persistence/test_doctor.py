from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cabinet import container
from cabinet.__main__ import application, mount_all
from cabinet.commands import doctor
from cabinet.settings import Settings
from cabinet.texts import operations as texts
from tests.factories import subscriber
from tests.fakes import make_world
from tests.services.second_steps import enrol


def settings(tmp_path: Path, url: str = "") -> Settings:
    return Settings(env="test", data_dir=tmp_path / "var", database_url=url)


def test_a_migrated_database_is_fine_on_both(tmp_path: Path, database_url: str) -> None:
    assert doctor.check_database(settings(tmp_path, database_url)) == ""


def test_an_empty_database_is_told_with_what_to_do(tmp_path: Path) -> None:
    fault = doctor.check_database(settings(tmp_path))
    assert "migrate" in fault
    assert texts.NO_VERSION in fault


def test_second_factors_that_the_key_does_not_open_are_told(tmp_path: Path, database_url: str) -> None:
    mine = Settings(env="test", data_dir=tmp_path, database_url=database_url, secret_key="k" * 32)
    other = Settings(env="test", data_dir=tmp_path, database_url=database_url, secret_key="o" * 32)
    assert doctor.check_sealed(settings(tmp_path, database_url)) == ""
    world = make_world(database_url, tmp_path)
    world.deps = replace(world.deps, seal=container.seal_of(container.secret_key(mine)))
    enrol(world, subscriber(world))
    world.dispose()
    assert doctor.check_sealed(mine) == ""
    assert "1 из 1" in doctor.check_sealed(other)


def test_keys_that_others_may_read_are_told(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    assert doctor.check_data_dir(chosen) == ""
    key = chosen.data_dir / "secret.key"
    key.write_text("secret")
    key.chmod(0o600)
    assert doctor.check_data_dir(chosen) == ""
    key.chmod(0o640)
    assert str(key) in doctor.check_data_dir(chosen)


def test_the_command_names_every_check_and_ends_with_1_when_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CABINET_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    mount_all()
    done = CliRunner().invoke(application, ["doctor"])
    assert done.exit_code == 1
    assert all(name in done.output for name in doctor.CHECKS)
    assert "migrate" in done.output
    assert (
        texts.DATABASE_FIRST in done.output
    )  # what stands in the database is not looked for before it is there
    assert "Error" not in done.output


def test_a_wrong_setting_is_2_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CABINET_PORT", "eighty")
    mount_all()
    done = CliRunner().invoke(application, ["doctor"])
    assert done.exit_code == 2
    assert "CABINET_PORT" in done.output

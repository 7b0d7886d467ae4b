"""What the portal leans on inside Reflex, beside its public face; a new version must be read before it is pinned."""

import importlib.metadata
import inspect
from pathlib import Path

import pytest
from reflex.constants import StateManagerMode
from reflex.utils import build, export, prerequisites, registry
from reflex_base import constants
from reflex_base.environment import environment

import rxconfig
from cabinet import serve
from cabinet.api.socket_gate import SocketLimits

ROOT = Path(__file__).resolve().parents[2]


def test_reflex_is_pinned_to_the_version_that_was_read() -> None:
    assert "reflex==0.10.1" in (ROOT / "requirements.in").read_text().split()
    assert importlib.metadata.version("reflex") == "0.10.1"


def test_the_environment_that_serving_sets_is_the_one_that_reflex_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("REFLEX_ENV_MODE", "__REFLEX_SKIP_COMPILE", "REFLEX_TELEMETRY_ENABLED", "REFLEX_DIR"):
        monkeypatch.setenv(variable, "")  # so that it is put back
    monkeypatch.setenv("REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE", "1")
    monkeypatch.chdir(ROOT)
    serve.prepare_reflex()
    assert environment.REFLEX_SKIP_COMPILE.get()
    assert environment.REFLEX_ENV_MODE.get() is constants.Env.PROD
    assert environment.REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE.get() == SocketLimits().message_bytes == 64 * 1024


def test_state_stays_in_memory_and_comes_by_websocket_from_named_origins() -> None:
    config = rxconfig.config
    assert config.state_manager_mode is StateManagerMode.MEMORY
    assert config.transport == "websocket"
    assert "*" not in config.cors_allowed_origins
    assert not config.telemetry_enabled
    assert not config.show_built_with_reflex


def test_the_functions_that_the_build_calls_and_replaces_are_there() -> None:
    assert list(inspect.signature(registry.average_latency).parameters) == ["registry", "attempts"]
    assert {"zipping", "frontend", "backend"} <= set(inspect.signature(export.export).parameters)
    assert callable(prerequisites.initialize_frontend_dependencies)
    assert "post_build" in inspect.getsource(build.build)


def test_no_lock_file_names_a_registry() -> None:
    locks = [*(ROOT / "reflex.lock").iterdir(), ROOT / "benchmarks/bun.lock", *ROOT.glob("requirements*.txt")]
    assert len(locks) == 5
    assert [path.name for path in locks if "://" in path.read_text()] == []

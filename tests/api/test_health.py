import httpx
from starlette.applications import Starlette

from cabinet.api import health


def client(check: object) -> httpx.AsyncClient:
    app = Starlette(routes=health.routes(check))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


async def test_ready_when_the_database_answers() -> None:
    answer = await client(lambda: None).get("/api/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


async def test_a_dead_database_is_503_without_a_stack_trace_and_the_process_still_lives() -> None:
    def dead() -> None:
        msg = "password=secret host=db"
        raise ConnectionError(msg)

    unready = await client(dead).get("/api/health/ready")
    assert unready.status_code == 503
    assert unready.json()["error"] == "health.not_ready"
    assert "secret" not in unready.text
    assert (await client(dead).get("/api/health/live")).status_code == 200

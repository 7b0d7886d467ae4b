import pytest

from cabinet.domain.own_paths import own_path


@pytest.mark.parametrize(
    "path", ["/", "/pay", "/pay?account=1&x=%2F%2Fevil", "/charges?account=1#май", "/%2F%2Fevil"]
)
def test_own_paths_are_gone_to(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *(
            "",
            "pay",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
        ),
        *(
            "http:/evil",
            "javascript:alert(1)",
            " /pay",
            "/\t/evil.example",
            "/pay\r\nSet-Cookie: a=b",
            "/\0",
            "/api/",
        ),
        *("/api/session/end", "/\u2028", "/" + "x" * 2000),
    ],
)
def test_other_addresses_lead_home(path: str) -> None:
    assert own_path(path) == "/"


def test_a_page_may_name_another_place_for_what_is_dropped() -> None:
    assert own_path("https://evil.example", "/settings") == "/settings"
    assert own_path("/pay", "/settings") == "/pay"

from cabinet.domain.cookies import DEVICE, MEMBER, SESSION, cookie_name


def test_under_https_no_sibling_host_can_set_a_cookie() -> None:
    assert [cookie_name(x, https=True) for x in (DEVICE, SESSION)] == ["__Host-device", "__Host-session"]
    assert cookie_name(SESSION, https=False) == "session"
    assert len({DEVICE, SESSION, MEMBER}) == 3

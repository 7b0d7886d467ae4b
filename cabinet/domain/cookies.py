"""The names of the portal's cookies."""

# The browser itself, signed in or not: a limit's bucket and «this device is known».
DEVICE = "device"
# Who is signed in.
SESSION = "session"


def cookie_name(noun: str, *, https: bool) -> str:
    """`__Host-device` under https, so that no sibling host and no plain http can set it; else `device`.

    Source: RFC 6265bis, section 4.1.3.2.
    """
    return f"__Host-{noun}" if https else noun


# No secret: tells the page before its socket whether to draw the cabinet or the landing.
MEMBER = "member"
# Which practice world the browser is in, and its session there; while it is set the real one is out of reach.
PRACTICE = "practice"
# No secret: tells the page before its socket that all of it is practice, which lesson and which world.
LESSON = "lesson"

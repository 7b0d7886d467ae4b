"""Starts the Firefox that is installed, so that Playwright drives it over WebDriver BiDi as it drives Chromium.

`python -m tests.e2e.firefox /usr/bin/firefox-esr …` is Firefox with these arguments. Between the two stands a relay: what an
ESR does not know yet, and no test here asks of it, is answered in its place.
"""

import json
import re
import socket
import subprocess
import sys
from contextlib import suppress
from threading import Lock, Thread
from typing import Any

from simple_websocket import Client, ConnectionClosed, Server

# Playwright sends it to every new window: light or dark.
UNKNOWN = frozenset({"emulation.setMediaFeaturesOverride"})
_LISTENING = re.compile(r"(?<=WebDriver BiDi listening on )ws://\S+")
_CHUNK = 1 << 16
_END = b"\r\n\r\n"


class Driver(Server):
    """Playwright, to whom two threads speak: one message goes out whole before the next."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self._speaking = Lock()
        super().__init__(environ, receive_bytes=_CHUNK)

    def send(self, data: Any) -> None:
        """See `Server`."""
        with self._speaking:
            super().send(data)


class Firefox(Client):
    """Firefox answers those who name its port, too."""

    def handshake(self) -> None:
        """See `Client`."""
        self.host = f"{self.host}:{self.port}"
        super().handshake()


def accept(listener: socket.socket) -> dict[str, Any]:
    """The next connection, as the environment of a web server."""
    connection, _ = listener.accept()
    head = b""
    while not head.endswith(_END):
        head += connection.recv(_CHUNK)
    first, *lines = head.decode().removesuffix(_END.decode()).split("\r\n")
    pairs = (line.split(": ", 1) for line in lines)
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in pairs}
    return {**headers, "werkzeug.socket": connection, "PATH_INFO": first.split()[1]}


def relay(environ: dict[str, Any], url: str) -> None:
    """Passes on what the two say until one of them leaves."""
    firefox = Firefox(url + environ["PATH_INFO"], receive_bytes=_CHUNK)
    driver = Driver(environ)
    Thread(target=answer, args=(firefox, driver), daemon=True).start()
    with suppress(ConnectionClosed):
        while True:
            text = driver.receive()
            command = json.loads(text)
            if command["method"] in UNKNOWN:
                driver.send(json.dumps({"type": "success", "id": command["id"], "result": {}}))
            else:
                firefox.send(text)
    with suppress(ConnectionClosed):
        firefox.close()


def answer(firefox: Client, driver: Driver) -> None:
    """What Firefox says."""
    with suppress(ConnectionClosed):
        while True:
            driver.send(firefox.receive())
    with suppress(ConnectionClosed):
        driver.close()


def serve(listener: socket.socket, url: str) -> None:
    """Everybody who connects."""
    while True:
        Thread(target=relay, args=(accept(listener), url), daemon=True).start()


def main(command: list[str]) -> int:
    """Firefox's own exit code; its words go on, with the relay's address in place of its own."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace") as process,
    ):
        own = f"ws://127.0.0.1:{listener.getsockname()[1]}"
        for line in process.stderr or ():
            if found := _LISTENING.search(line):
                Thread(target=serve, args=(listener, found.group()), daemon=True).start()
            sys.stderr.write(_LISTENING.sub(own, line))
            sys.stderr.flush()
        return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

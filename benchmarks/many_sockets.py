"""Many sockets of the portal at once in one thread: WebSocket (RFC 6455) and Socket.IO as far as a load needs them."""

import asyncio
import base64
import json
import os
import struct
from collections.abc import Mapping
from typing import Any, Final, Self

_NAMESPACE: Final = "/_event"
_TEXT, _CLOSE = 0x1, 0x8
_SHORT, _MEDIUM = 126, 127


class Closed(Exception):
    """The server has closed the socket, or has not opened it."""


class Socket:
    """One page's socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(
        cls, port: int, token: str, headers: Mapping[str, str], cookies: Mapping[str, str]
    ) -> Self:
        """Open a socket and Reflex's namespace on it."""
        reader, writer = await asyncio.open_connection("localhost", port)
        sent = {
            "Host": f"localhost:{port}",
            "Origin": f"http://localhost:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            **headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        path = f"{_NAMESPACE}/?EIO=4&transport=websocket&token={token}"
        writer.write(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer.partition(b"\r\n")[0]:
            raise Closed(answer.partition(b"\r\n")[0].decode())
        opened = cls(reader, writer)
        await opened.read()
        opened.write(f"40{_NAMESPACE},")
        await opened.read()
        return opened

    def call(self, name: str, payload: Mapping[str, Any], path: str) -> None:
        """Send Reflex's event."""
        place = {"pathname": path, "asPath": path, "query": {}}
        event = {"name": name, "payload": payload, "router_data": place}
        self.write(f"42{_NAMESPACE},{json.dumps(['event', event])}")

    def write(self, text: str) -> None:
        """Send a frame, masked with zeros: nobody between is to be protected."""
        data = text.encode()
        length = len(data)
        if length < _SHORT:
            size = struct.pack("!B", 0x80 | length)
        else:
            size = struct.pack("!BH", 0x80 | _SHORT, length)
        self._writer.write(bytes([0x80 | _TEXT]) + size + bytes(4) + data)

    async def read(self) -> str:
        """The next message; heartbeats are answered meanwhile.

        Raises:
            Closed: there will be none.
        """
        while True:
            text = await self._frame()
            if text != "2":
                return text
            self.write("3")

    async def _frame(self) -> str:
        try:
            first, size = await self._reader.readexactly(2)
            length = size & 0x7F
            if length == _SHORT:
                (length,) = struct.unpack("!H", await self._reader.readexactly(2))
            elif length == _MEDIUM:
                (length,) = struct.unpack("!Q", await self._reader.readexactly(8))
            data = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as gone:
            raise Closed from gone
        if first & 0x0F == _CLOSE:
            raise Closed
        return data.decode()

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

"""An answer read to its end within a deadline and a size, however it is sent; what it says is others' work."""

import io
import socket
import time
import zlib
from http.client import HTTPResponse
from typing import Any

LONGEST_ANSWER = 300.0
"""Seconds from the end of a request until its answer must be whole; the largest pages take a few."""

LARGEST_ANSWER = 128 * 2**20
"""Bytes of an answer, as it is sent and once it is unpacked; the largest page is 1,000 events, each of which may hold an order."""

_AT_ONCE = 2**16
_EITHER_FORM = zlib.MAX_WBITS + 32
"""Tells zlib to find out by itself whether bytes are gzip or deflate."""
_PACKED = {"gzip", "x-gzip", "deflate"}


class TooSlowError(Exception):
    """An answer was not whole at its deadline."""


class TooLargeError(Exception):
    """An answer is larger than any page."""


def read_whole(answer: Any) -> bytes:
    """Read the body of an answer of urllib3's and unpack it.

    Raises:
        TooSlowError: it was not whole at the deadline.
        TooLargeError: it is larger than `LARGEST_ANSWER`, packed or not.
        OSError, zlib.error, urllib3.exceptions.HTTPError: the connection failed, or it is damaged.
    """
    # Not unpacked by urllib3, which may make gigabytes of one piece before their size is known.
    body = b"".join(answer.stream(_AT_ONCE, decode_content=False))
    if str(answer.headers.get("Content-Encoding", "")).strip().lower() not in _PACKED:
        return body
    unpacked = zlib.decompressobj(_EITHER_FORM).decompress(body, LARGEST_ANSWER + 1)
    if len(unpacked) > LARGEST_ANSWER:
        raise TooLargeError
    return unpacked


def keep_limits(pool_manager: Any) -> None:
    """Let every answer that comes by way of a urllib3 pool manager keep the limits, its status and headers included."""
    pool_manager.pool_classes_by_scheme = {
        scheme: _with_limits(pool) for scheme, pool in pool_manager.pool_classes_by_scheme.items()
    }


def _with_limits(pool: type) -> type:
    connection = type("Connection", (pool.ConnectionCls,), {"response_class": _Response})  # type: ignore[attr-defined]
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


class _Response(HTTPResponse):
    """An answer whose every byte, from the first of its status, is read from a `_Stream`."""

    def __init__(self, sock: socket.socket, *arguments: Any, **more: Any) -> None:
        super().__init__(sock, *arguments, **more)
        self.fp.close()
        self.fp = io.BufferedReader(_Stream(sock))


class _Stream(io.RawIOBase):
    """The bytes of a connection until a deadline, and not more than the largest answer has.

    The time limit of a connection is for each read, so that a byte every minute would keep it open for ever.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._bytes = sock.makefile("rb", buffering=0)
        self._between = sock.gettimeout()
        self._deadline = time.monotonic() + LONGEST_ANSWER
        self._left = LARGEST_ANSWER

    def readable(self) -> bool:
        """Say that there is something to read, as `io` asks."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what has come, as `io` asks."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise TooSlowError
        self._sock.settimeout(seconds if self._between is None else min(seconds, self._between))
        try:
            size = self._bytes.readinto(buffer)
        except TimeoutError:
            if time.monotonic() >= self._deadline:
                raise TooSlowError from None
            raise
        self._left -= size or 0
        if self._left < 0:
            raise TooLargeError
        return size

    def close(self) -> None:
        """Let go of the connection."""
        self._bytes.close()
        super().close()

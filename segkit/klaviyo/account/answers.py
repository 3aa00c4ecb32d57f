"""Read HTTP responses within a deadline and a size limit. `client` decodes them."""

import io
import socket
import time
import zlib
from http.client import HTTPResponse
from typing import Any

LONGEST_ANSWER = 300.0
"""The time limit for a complete response, in seconds. The largest pages take a few seconds."""

LARGEST_ANSWER = 128 * 2**20
"""The largest response in bytes, both compressed and uncompressed. The largest pages have 1,000 events, each with a whole order."""

_CHUNK_SIZE = 2**16
_GZIP_OR_DEFLATE = zlib.MAX_WBITS + 32
"""Makes zlib detect whether bytes are gzip or deflate."""
_COMPRESSED = {"gzip", "x-gzip", "deflate"}


class TooSlowError(Exception):
    """A response was not complete by its deadline."""


class TooLargeError(Exception):
    """A response is larger than `LARGEST_ANSWER`."""


def read_whole(answer: Any) -> bytes:
    """Read and decompress the body of a urllib3 response.

    Raises:
        TooSlowError: the body was not complete by the deadline.
        TooLargeError: the body is larger than `LARGEST_ANSWER`, compressed or not.
        OSError, zlib.error, urllib3.exceptions.HTTPError: the connection failed, or the body is damaged.
    """
    # urllib3 would decompress a small chunk into gigabytes before the size can be checked.
    body = b"".join(answer.stream(_CHUNK_SIZE, decode_content=False))
    if str(answer.headers.get("Content-Encoding", "")).strip().lower() not in _COMPRESSED:
        return body
    unpacked = zlib.decompressobj(_GZIP_OR_DEFLATE).decompress(body, LARGEST_ANSWER + 1)
    if len(unpacked) > LARGEST_ANSWER:
        raise TooLargeError
    return unpacked


def keep_limits(pool_manager: Any) -> None:
    """Apply the limits to every response of a urllib3 pool manager, including its status line and headers."""
    pool_manager.pool_classes_by_scheme = {
        scheme: _with_limits(pool) for scheme, pool in pool_manager.pool_classes_by_scheme.items()
    }


def _with_limits(pool: type) -> type:
    connection = type("Connection", (pool.ConnectionCls,), {"response_class": _Response})  # type: ignore[attr-defined]
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


class _Response(HTTPResponse):
    """A response that is read through a `_Stream`, from its status line on."""

    def __init__(self, sock: socket.socket, *arguments: Any, **more: Any) -> None:
        super().__init__(sock, *arguments, **more)
        self.fp.close()
        self.fp = io.BufferedReader(_Stream(sock))


class _Stream(io.RawIOBase):
    """Read the bytes of a connection until a deadline or a size limit.

    A socket's timeout applies to each read, so a server that sends a byte every minute would keep it open forever.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._bytes = sock.makefile("rb", buffering=0)
        self._read_timeout = sock.gettimeout()
        self._deadline = time.monotonic() + LONGEST_ANSWER
        self._left = LARGEST_ANSWER

    def readable(self) -> bool:
        """Return True: `io` requires this method."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read available bytes into a buffer: `io` requires this method."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise TooSlowError
        self._sock.settimeout(seconds if self._read_timeout is None else min(seconds, self._read_timeout))
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
        """Close the stream of the connection."""
        self._bytes.close()
        super().close()

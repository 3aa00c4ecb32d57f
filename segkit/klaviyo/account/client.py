"""Send requests to a live Klaviyo account, one at a time, within its rate limits and without showing the key.

It uses the official client. `endpoints` lists the requests, and `pull` and `push` send them.
"""

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from segkit.errors import AccountError, missing_extra
from segkit.klaviyo.account.answers import (
    LARGEST_ANSWER,
    LONGEST_ANSWER,
    TooLargeError,
    TooSlowError,
    keep_limits,
    read_whole,
)
from segkit.klaviyo.account.endpoints import Endpoint
from segkit.klaviyo.account.pacing import Clock, Pacer, backoff

HOST = "https://a.klaviyo.com"
KEY_VARIABLE = "KLAVIYO_API_KEY"

ATTEMPTS = 8
"""The number of times to send a request before giving up. With the waits between attempts, this takes about three minutes."""

LONGEST_RETRY_AFTER = 600.0
"""The longest Retry-After to wait for, in seconds. A longer one, such as for a daily quota, raises an error."""

_TIMEOUT = (10.0, 120.0)
_TOO_MANY = 429
_ON_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class _Response:
    """A response: its status, its JSON document if there is one, and the Retry-After in seconds if there is one."""

    status: int
    document: dict[str, Any] | None
    retry_after: float | None = None
    fault: str = ""

    @property
    def is_answer(self) -> bool:
        return self.status // 100 == 2 and self.document is not None


class Account:
    """A connection to a Klaviyo account.

    Without `key`, the key is read from the environment variable KLAVIYO_API_KEY. It is never written to a file, and never shown
    by this object or its errors.

    Args:
        key: a private key; None reads the environment.
        host: a server to use instead of Klaviyo's, such as a test server. It needs https, unless it is on this machine.
        clock: the clock that measures and waits between requests.

    Raises:
        AccountError: there is no key, the key has invalid characters, or the key would be sent to the host unencrypted.
        ImportError: the official client is not installed.
    """

    def __init__(self, *, key: str | None = None, host: str | None = None, clock: Clock | None = None) -> None:
        self._client, self._key = _client(_checked_key(key), _checked_host(host or HOST))
        self.clock = clock or Clock()
        self._pacers: dict[str, Pacer] = {}

    def __repr__(self) -> str:
        return f"<Klaviyo account at {self._client.configuration.host}>"

    def ask(self, endpoint: Endpoint, **arguments: Any) -> dict[str, Any]:
        """Send one request and return the JSON document of its response.

        It first waits if the endpoint's rate limits require this. A request is retried after a 429, a server error or a lost
        connection. The wait is the response's Retry-After or, without one, 1, 2, 4 ... seconds. A request that creates something is
        only retried after a 429, since it could otherwise create it twice. A response over the limits in `answers` is not retried.

        Args:
            endpoint: the endpoint to call.
            arguments: arguments for the client's method. They override the endpoint's arguments.

        Raises:
            AccountError: the account refuses the request, can't be reached, or sends a response that can't be read.
        """
        pacer = self._pacers.setdefault(endpoint.method, Pacer(endpoint.limits, self.clock))
        for attempt in range(1, ATTEMPTS + 1):
            pacer.pause()
            response = self._request(endpoint, {**endpoint.given, **arguments})
            if response.is_answer and response.document is not None:
                return response.document
            is_last = attempt == ATTEMPTS
            if is_last or not _may_be_repeated(endpoint, response):
                break
            self.clock.wait(response.retry_after or backoff(attempt))
        raise self._failure(endpoint, response)

    def _request(self, endpoint: Endpoint, arguments: Mapping[str, Any]) -> _Response:
        from urllib3.exceptions import HTTPError  # noqa: PLC0415  # installed with the client

        group = getattr(self._client, endpoint.group)
        # This variant returns the raw response. The other variants build models, which drop unknown fields.
        method = getattr(group, f"{endpoint.method}_without_preload_content")
        try:
            answer = method(**arguments, _request_timeout=_TIMEOUT)
            body = read_whole(answer)
        except TooSlowError:
            raise AccountError.too_slow(endpoint.title, LONGEST_ANSWER) from None
        except TooLargeError:
            raise AccountError.too_large(endpoint.title, LARGEST_ANSWER) from None
        except (HTTPError, OSError, zlib.error, _api_exception()) as error:
            return _Response(0, None, fault=type(error).__name__)
        return _read(answer.status, answer.headers, body)

    def _failure(self, endpoint: Endpoint, response: _Response) -> AccountError:
        reason = _reason(response.document).replace(self._key, "(the key)")
        match response.status:
            case 0:
                return AccountError.unreachable(endpoint.title, response.fault)
            case 401:
                return AccountError.key_refused(endpoint.title)
            case 403:
                return AccountError.not_allowed(endpoint.title, endpoint.scopes)
            case 429:
                return AccountError.too_fast(endpoint.title, response.retry_after)
            case status if status // 100 == 2:
                return AccountError.no_document(endpoint.title)
            case status if status // 100 == 5:
                return AccountError.server_fault(endpoint.title, status)
            case status:
                return AccountError.refused(endpoint.title, status, reason)


def _may_be_repeated(endpoint: Endpoint, response: _Response) -> bool:
    if response.status == _TOO_MANY:
        return (response.retry_after or 0) <= LONGEST_RETRY_AFTER
    is_temporary = response.status == 0 or response.status // 100 in {2, 5}
    return is_temporary and endpoint.is_repeatable and (response.retry_after or 0) <= LONGEST_RETRY_AFTER


def _read(status: int, headers: Mapping[str, str], body: bytes) -> _Response:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    return _Response(status, document if isinstance(document, dict) else None, _seconds(headers.get("Retry-After")))


def _seconds(written: str | None) -> float | None:
    """Return Retry-After in seconds, or None if it is missing or is a date, which Klaviyo does not send."""
    # Add a second, since the server's current second may have only begun.
    return float(written) + 1 if written is not None and written.strip().isdigit() else None


def _reason(document: Mapping[str, Any] | None) -> str:
    """Return Klaviyo's own error messages."""
    errors = (document or {}).get("errors")
    faults = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    return "; ".join(str(fault.get("detail") or fault.get("title") or "") for fault in faults)


def _checked_key(key: str | None) -> str:
    found = (os.environ.get(KEY_VARIABLE, "") if key is None else key).strip()
    if not found:
        raise AccountError.no_key(KEY_VARIABLE)
    # Other characters can't be sent in a header, and the HTTP library would show the key in its error.
    if not (found.isascii() and found.isprintable() and " " not in found):
        raise AccountError.bad_key(KEY_VARIABLE)
    return found


def _checked_host(host: str) -> str:
    address = urlsplit(host)
    if address.scheme == "https" or (address.scheme == "http" and address.hostname in _ON_THIS_MACHINE):
        return host.rstrip("/")
    raise AccountError.unencrypted(host)


def _client(key: str, host: str) -> tuple[Any, str]:
    try:
        import klaviyo_api  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra, and slow to import
        from openapi_client.rest import RESTClientObject  # noqa: PLC0415
    except ImportError:
        raise missing_extra("klaviyo-api", "klaviyo") from None
    client = klaviyo_api.KlaviyoAPI(key, test_host=host)
    # `ask` does the retries. The client's own retries skip 500, 502 and broken connections, and repeat a creation that may have
    # worked. Retries in urllib3 wait without notice.
    client.configuration.retries = False
    client.api_client.rest_client = RESTClientObject(client.configuration)
    keep_limits(client.api_client.rest_client.pool_manager)
    return client, key


def _api_exception() -> type[Exception]:
    from openapi_client.exceptions import ApiException  # noqa: PLC0415

    return ApiException

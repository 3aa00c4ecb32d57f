"""Define the errors of a live Klaviyo account."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from segkit.errors.base import SegkitError
from segkit.masking import masked_path, masked_text, quoted
from segkit.wording import listed, nearest


class AccountError(SegkitError, RuntimeError):
    """A request to a live account, a pull or a push failed. No message shows a key, a phone number or an address.

    Attributes:
        is_refusal: whether the account received the request and rejected it as invalid.
    """

    is_refusal = False

    @classmethod
    def no_key(cls, variable: str) -> Self:
        """No key was passed, and the environment has none."""
        return cls(
            f"There is no API key for the account. Create a private key in Klaviyo (Settings > API keys), and set the environment "
            f"variable {variable} to it."
        )

    @classmethod
    def bad_key(cls, variable: str) -> Self:
        """A key has blanks or other invalid characters inside."""
        return cls(
            f"The key in {variable} contains spaces, line breaks or other characters that keys never contain, so it was not sent. Copy "
            "it again from Klaviyo (Settings > API keys)."
        )

    @classmethod
    def unencrypted(cls, host: str) -> Self:
        """A key would be sent unencrypted."""
        return cls(
            f"The key would be sent to {quoted(host)} unencrypted. Use https://. Plain http:// is allowed only on this machine: "
            "'http://127.0.0.1:8000'."
        )

    @classmethod
    def key_refused(cls, request: str) -> Self:
        """The account does not know the key."""
        return cls(
            f"{request}: Klaviyo does not accept the key (401). Check under Settings > API keys that it is a private key and has not been "
            "deleted."
        )

    @classmethod
    def not_allowed(cls, request: str, scopes: Iterable[str]) -> Self:
        """The key lacks a scope."""
        scopes = list(scopes)
        needed = f"the scope {listed(scopes)}" if len(scopes) == 1 else f"the scopes {listed(scopes)}"
        return cls(
            f"{request}: the key is not allowed to do this (403). It needs {needed}. Create a key that has "
            f"{'it' if len(scopes) == 1 else 'them'} under Settings > API keys."
        )

    @classmethod
    def too_fast(cls, request: str, seconds: float | None) -> Self:
        """Klaviyo's rate limit is exceeded for longer than segkit waits."""
        wait = f" Klaviyo says to wait {seconds:,.0f} seconds." if seconds is not None else ""
        return cls(
            f"{request}: Klaviyo's rate limit is exceeded (429), and waiting did not help.{wait} Other programs may be using the same "
            "account. Try again later."
        )

    @classmethod
    def server_fault(cls, request: str, status: int) -> Self:
        """The server failed several times in a row."""
        return cls(
            f"{request}: Klaviyo's server failed ({status}). Try again later. Known problems are listed at status.klaviyo.com."
        )

    @classmethod
    def too_slow(cls, request: str, seconds: float) -> Self:
        """A response did not end in time."""
        return cls(
            f"{request}: the response was not complete after {seconds:,.0f} seconds, so segkit gave up. Check the network, and try again. "
            "If it happens again, something between this machine and Klaviyo, such as a proxy, may be slowing down responses."
        )

    @classmethod
    def too_large(cls, request: str, size: int) -> Self:
        """A response is larger than any page."""
        return cls(
            f"{request}: the response is larger than {size / 2**20:,.0f} MiB, the most that a page of results should need, so segkit stopped reading it. Check that "
            "nothing between this machine and Klaviyo, such as a proxy, changes responses, and try again. If it happens again, report the "
            "error with the name of the request."
        )

    @classmethod
    def unreachable(cls, request: str, fault: str) -> Self:
        """The connection failed before the response was complete."""
        return cls(
            f"{request}: the connection failed before the response from Klaviyo was complete ({fault}). Check the network, and try again."
        )

    @classmethod
    def refused(cls, request: str, status: int, reason: str) -> Self:
        """The account rejected the request."""
        why = f" Klaviyo says: {masked_text(reason).rstrip('.')}." if reason else ""
        error = cls(
            f"{request}: Klaviyo refused this request ({status}).{why} Check the names and ids that you passed."
        )
        error.is_refusal = True
        return error

    @classmethod
    def stale_cursor(cls, folder: Path, refusal: str) -> Self:
        """Klaviyo rejects the cursor at which an unfinished pull stopped."""
        return cls(
            f"The unfinished pull in {quoted(folder)} can't continue where it stopped. {refusal} If it stopped long ago, start over with "
            "restart=True (--restart)."
        )

    @classmethod
    def no_document(cls, request: str) -> Self:
        """No response was a JSON document."""
        return cls(
            f"{request}: the response was not a JSON document, even after several attempts. Something between this machine and Klaviyo, "
            "such as a proxy that asks for a login, may have changed it. Try again from another network."
        )

    @classmethod
    def broken_page(cls, request: str, page: int, fault: str) -> Self:
        """A page does not have the documented format."""
        return cls(
            f"{request}, page {page:,}: {fault}, so the page was not saved. The pages before it are saved. Run the same pull again. If "
            "it happens again, report the error with the name of the request and the number of the page."
        )

    @classmethod
    def damaged_page(cls, path: Path) -> Self:
        """A saved page of an unfinished pull can't be read."""
        return cls(
            f"{str(Path(masked_path(path.parent), path.name))!r} is damaged, so the pull can't continue from it. Start over with restart=True (--restart)."
        )

    @classmethod
    def other_pull(cls, folder: Path, unfinished: str, asked: str) -> Self:
        """A folder has an unfinished pull with other arguments."""
        return cls(
            f"{quoted(folder)} contains an unfinished pull with {unfinished}, but this pull has {asked}. Resume the unfinished pull with "
            "its own arguments, choose another folder, or discard the unfinished pull with restart=True (--restart)."
        )

    @classmethod
    def other_account(cls, folder: Path) -> Self:
        """A folder has an unfinished pull from another account."""
        return cls(
            f"{quoted(folder)} contains an unfinished pull from another account: this account has none of its metrics. Set the key of "
            "the other account, choose another folder, or discard the unfinished pull with restart=True (--restart)."
        )

    @classmethod
    def already_running(cls, folder: Path) -> Self:
        """Another process is pulling into the folder."""
        return cls(
            f"Another pull into {quoted(folder)} is running. Wait until it has finished, or choose another folder."
        )

    @classmethod
    def folder_in_use(cls, folder: Path, names: Iterable[str]) -> Self:
        """A folder has other tables, which would be loaded together with the pull's tables."""
        return cls(
            f"{quoted(folder)} contains files that no pull wrote: {listed(names)}. Their data would be mixed with the data of the account. Move "
            "these files elsewhere, or choose another folder."
        )

    @classmethod
    def no_such_segment(cls, segment_id: str) -> Self:
        """The account has no segment with this id."""
        return cls(
            f"The account has no segment with the id {quoted(segment_id)}, so nothing was sent. Copy the id from the URL of the "
            "segment's page, or leave the id out: the segment is then found by its name."
        )

    @classmethod
    def several_of_a_name(cls, name: str, ids: Iterable[str]) -> Self:
        """The account has several segments with the name."""
        return cls(
            f"The account has several segments named {quoted(name)}, so nothing was sent. Pass the id of one with update= (--update): "
            f"{listed(ids)}. Or rename the others."
        )

    @classmethod
    def too_many_changes(cls, count: int, most: int) -> Self:
        """One push would need more requests of one kind than Klaviyo allows in a day."""
        return cls(
            f"This push needs {count:,} requests of one kind, but Klaviyo allows only {most:,} a day, so nothing was sent. Push some of "
            "the segments today and the rest tomorrow."
        )

    @classmethod
    def push_stopped(cls, reason: str, done: Iterable[str], left: Iterable[str]) -> Self:
        """The account rejected one of several requests."""
        return cls(
            f"{reason} The push stopped there. Done: {listed(done, most=200) or 'nothing'}. Not done: "
            f"{listed(left, most=200)}. Run the same push again. Segments that were already sent are skipped."
        )

    @classmethod
    def unknown_name(cls, kind: str, name: str, known: Iterable[str]) -> Self:
        """The account does not have a metric or segment with this name."""
        known = sorted(set(known))
        return cls(
            f"The account has no {kind} named {quoted(name)}.{nearest(name, known)} Its {kind}s are: {listed(known, most=40) or 'none'}."
        )

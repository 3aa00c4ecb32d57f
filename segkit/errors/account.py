"""What can go wrong with a Klaviyo account."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from segkit.errors.base import SegkitError
from segkit.masking import masked_path, masked_text, quoted
from segkit.wording import listed, nearest


class AccountError(SegkitError, RuntimeError):
    """A live account gives no answer, or not the one that is needed. No message shows a key or a person.

    Attributes:
        is_refusal: the account understood the request and calls it wrong.
    """

    is_refusal = False

    @classmethod
    def no_key(cls, variable: str) -> Self:
        """No key is given, and the environment has none."""
        return cls(
            f"There is no key to the account. Make a private key in Klaviyo (Settings > API keys) and put it into the "
            f"environment variable {variable}."
        )

    @classmethod
    def bad_key(cls, variable: str) -> Self:
        """A key has blanks or other characters inside that no key has."""
        return cls(
            f"The key in {variable} has blanks, line ends or other characters that no key has, so it was not sent. Copy it once "
            "more from Klaviyo (Settings > API keys)."
        )

    @classmethod
    def unencrypted(cls, host: str) -> Self:
        """A key would go over the network in the clear."""
        return cls(
            f"The host {quoted(host)} would get the key unencrypted. Use https://, or http:// on this machine only: "
            "'http://127.0.0.1:8000'."
        )

    @classmethod
    def key_refused(cls, request: str) -> Self:
        """The account does not know the key."""
        return cls(
            f"{request}: Klaviyo does not accept the key (401). It must be a private key that has not been deleted; check it under "
            "Settings > API keys."
        )

    @classmethod
    def not_allowed(cls, request: str, scopes: Iterable[str]) -> Self:
        """The key lacks a scope."""
        return cls(
            f"{request}: the key is not allowed to do this (403). It needs {listed(scopes)}: make a key with that access under "
            "Settings > API keys."
        )

    @classmethod
    def too_fast(cls, request: str, seconds: float | None) -> Self:
        """The account's limits are used up for longer than is waited."""
        wait = f" It asks for a wait of {seconds:,.0f} seconds." if seconds is not None else ""
        return cls(
            f"{request}: Klaviyo turns requests away for coming too fast (429), and waiting did not help.{wait} Other programs may "
            "use the same account; run the same again later."
        )

    @classmethod
    def server_fault(cls, request: str, status: int) -> Self:
        """The server failed again and again."""
        return cls(
            f"{request}: Klaviyo's server has a fault ({status}). Run the same again later; status.klaviyo.com says what is known."
        )

    @classmethod
    def too_slow(cls, request: str, seconds: float) -> Self:
        """An answer that keeps coming and does not end."""
        return cls(
            f"{request}: the answer was not whole after {seconds:,.0f} seconds, so it was given up. Check the network, and run the same "
            "again; if this stays, something between here and Klaviyo holds answers back."
        )

    @classmethod
    def too_large(cls, request: str, size: int) -> Self:
        """An answer that is larger than any page is."""
        return cls(
            f"{request}: the answer is larger than {size / 2**20:,.0f} MiB, more than a page should be, so it was given up. Check that "
            "nothing between here and Klaviyo changes answers, such as a proxy, and run the same again; if this stays, report it with "
            "the name of the request."
        )

    @classmethod
    def unreachable(cls, request: str, fault: str) -> Self:
        """No connection held until an answer was whole."""
        return cls(
            f"{request}: there was no whole answer from Klaviyo, the connection failed ({fault}). Check the network, and run the "
            "same again."
        )

    @classmethod
    def refused(cls, request: str, status: int, reason: str) -> Self:
        """The account says that the request is wrong."""
        why = f" Klaviyo says: {masked_text(reason).rstrip('.')}." if reason else ""
        error = cls(
            f"{request}: Klaviyo refuses this request ({status}).{why} Check the names and ids that were given."
        )
        error.is_refusal = True
        return error

    @classmethod
    def stale_cursor(cls, folder: Path, refusal: str) -> Self:
        """The place where an unfinished pull stopped is refused."""
        return cls(
            f"The unfinished pull in {quoted(folder)} can't go on where it stopped. {refusal} If that was long ago, start again with "
            "restart=True (--restart)."
        )

    @classmethod
    def no_document(cls, request: str) -> Self:
        """An answer came that is no JSON document."""
        return cls(
            f"{request}: the answer is no JSON document, again and again. Something between here and Klaviyo may have changed it, such "
            "as a proxy that asks for a login; run the same again from another network."
        )

    @classmethod
    def broken_page(cls, request: str, page: int, fault: str) -> Self:
        """A page of an answer has not the documented shape."""
        return cls(
            f"{request}, page {page:,}: {fault}, so it was not kept. The pages before it are kept; run the same again, and if this "
            "stays, report it with the name of the request and the number of the page."
        )

    @classmethod
    def damaged_page(cls, path: Path) -> Self:
        """A page that was kept earlier can't be read back."""
        return cls(
            f"{str(Path(masked_path(path.parent), path.name))!r} is damaged, so the pull can't go on from it. Start it again with restart=True (--restart)."
        )

    @classmethod
    def other_pull(cls, folder: Path, unfinished: str, asked: str) -> Self:
        """A folder holds the pages of an unfinished pull of something else."""
        return cls(
            f"{quoted(folder)} holds an unfinished pull of something else: {unfinished}; this one asks for {asked}. Ask for the same to "
            "go on with it, give another folder, or drop it with restart=True (--restart)."
        )

    @classmethod
    def other_account(cls, folder: Path) -> Self:
        """A folder holds the pages of an unfinished pull from another account."""
        return cls(
            f"{quoted(folder)} holds an unfinished pull from another account: none of its metrics is in this one. Set the key of that "
            "account, give another folder, or drop it with restart=True (--restart)."
        )

    @classmethod
    def already_running(cls, folder: Path) -> Self:
        """Another process is pulling into the folder."""
        return cls(f"Another pull into {quoted(folder)} is running. Wait for it, or give another folder.")

    @classmethod
    def folder_in_use(cls, folder: Path, names: Iterable[str]) -> Self:
        """A folder holds tables that would stand beside the pulled ones."""
        return cls(
            f"{quoted(folder)} already holds {listed(names)}, which this pull would not replace, so the shop would be two shops. Move "
            "them away, or give another folder."
        )

    @classmethod
    def no_such_segment(cls, segment_id: str) -> Self:
        """An id was given that no segment of the account has."""
        return cls(
            f"The account has no segment of the id {quoted(segment_id)}, so nothing was sent. The id stands in the address of the "
            "segment's page; without it, the segment is found by its name."
        )

    @classmethod
    def several_of_a_name(cls, name: str, ids: Iterable[str]) -> Self:
        """The account has several segments of the name that is to be updated."""
        return cls(
            f"The account has several segments named {quoted(name)}, so nothing was sent. Say which is meant with update= (--update), one "
            f"of {listed(ids)}, or rename the others."
        )

    @classmethod
    def too_many_changes(cls, count: int, most: int) -> Self:
        """One push would take more requests of a kind than Klaviyo allows in a day."""
        return cls(
            f"This push would take {count:,} requests of one kind, and Klaviyo takes {most:,} a day. Nothing was sent. Push fewer "
            "segments at once, and the rest tomorrow."
        )

    @classmethod
    def push_stopped(cls, reason: str, done: Iterable[str], left: Iterable[str]) -> Self:
        """The account refused one of several requests."""
        return cls(
            f"{reason} The push stopped there. Done: {listed(done, most=200) or 'nothing'}. Not done: "
            f"{listed(left, most=200)}. Run the same again: what is done stays as it is."
        )

    @classmethod
    def unknown_name(cls, kind: str, name: str, known: Iterable[str]) -> Self:
        """A metric or segment was asked for that the account does not have."""
        known = sorted(set(known))
        return cls(
            f"The account has no {kind} {quoted(name)}.{nearest(name, known)} Its {kind}s are: {listed(known, most=40) or 'none'}."
        )

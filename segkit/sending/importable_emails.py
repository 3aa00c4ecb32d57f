"""Leave out email addresses that Klaviyo's importer would refuse, or would match to another profile."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.validation.columns import ADDRESS

Flags: TypeAlias = npt.NDArray[np.bool_]

BLOCK = 16
"""Number of addresses to match as one text."""
_PLAIN_ADDRESS = r"[\w.%+-]+@([\w-]+\.)+[\w-]+"
"""Matches nearly all addresses: ASCII, without surrounding blanks or anything that an importer refuses."""
_PLAIN_ADDRESSES = rf"^({_PLAIN_ADDRESS}\n){{{BLOCK - 1}}}{_PLAIN_ADDRESS}$"
_UNSET = pa.scalar(None, pa.string())
_MIXERS = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93], np.uint64)
"""The numbers are odd, so texts that differ in only one word of eight bytes never have the same key."""


def importable(emails: pa.Array) -> pa.Array:
    """Return addresses, with null for every address for which the importer would skip the row or match another profile.

    These are invalid addresses, addresses to which `neutralised` added an apostrophe, and repeats of an earlier address, ignoring
    case. The importer can still match the profile by its phone number, which every profile in an audience has.

    >>> importable(pa.array([" ann@example.com", "Ann@example.com", "bea@example", None])).to_pylist()
    ['ann@example.com', None, None, None]
    """
    whole = emails
    if whole.null_count == len(whole):
        return whole
    if whole.null_count:
        return pc.replace_with_mask(whole, whole.is_valid(), importable(whole.drop_null()))
    odd = pa.array(_odd_addresses(whole))
    few = whole.filter(odd)
    trimmed = pc.utf8_trim_whitespace(few)
    is_fine = pc.and_not(pc.match_substring_regex(trimmed, ADDRESS), pc.starts_with(trimmed, "'"))
    kept = pc.if_else(is_fine, trimmed, _UNSET)
    if not kept.equals(few):
        whole = pc.replace_with_mask(whole, odd, kept)
    # `ascii_lower` is faster. Only the odd addresses can have letters outside ASCII.
    small = pc.utf8_lower(whole) if pc.string_is_ascii(few).false_count else pc.ascii_lower(whole)
    return pc.if_else(pa.array(_are_first(small)), whole, _UNSET)


def _odd_addresses(texts: pa.Array) -> Flags:
    """Return flags of the texts that must be checked one by one: all texts except those in blocks that have only plain addresses.

    A block is matched as one text, which is faster than matching each text. The regex requires exactly `BLOCK` lines, so an address
    that contains a line end does not match.
    """
    firsts = pa.array(np.arange(0, len(texts) + 1, BLOCK), pa.int32())
    blocks = pc.binary_join(pa.ListArray.from_arrays(firsts, texts), "\n")
    is_odd = np.ones(len(texts), dtype=bool)
    is_plain = pc.match_substring_regex(blocks, _PLAIN_ADDRESSES).to_numpy(zero_copy_only=False)
    is_odd[: BLOCK * len(blocks)] = np.repeat(~is_plain, BLOCK)
    return is_odd


def _are_first(texts: pa.Array) -> Flags:
    """Return flags of the texts that are not equal to an earlier text.

    Only texts with the same key are compared, because keys are faster to make and sort.
    """
    keys = _keys(texts)
    ordered = np.sort(keys)
    shared = ordered[1:][ordered[1:] == ordered[:-1]]
    is_first = np.ones(len(texts), dtype=bool)
    if shared.size:
        rows = np.flatnonzero(pd.Index(keys).isin(shared))
        # Grouping is faster than encoding each text as a dictionary.
        compared = pa.table({"text": texts.take(pa.array(rows)), "row": rows})
        is_first[rows] = False
        is_first[compared.group_by("text", use_threads=False).aggregate([("row", "min")])["row_min"].to_numpy()] = True
    return is_first


def _keys(texts: pa.Array) -> npt.NDArray[np.uint64]:
    """Return a hash of the first 32 bytes of each text: equal for equal texts, and rarely equal for different ones."""
    width = _MIXERS.nbytes
    padded = pc.ascii_rpad(pc.fill_null(texts, ""), width)
    _, _, data = pc.binary_slice(padded.view(pa.binary()), 0, width).buffers()
    words = np.frombuffer(data, np.uint64, count=len(texts) * len(_MIXERS)).reshape(len(texts), len(_MIXERS))
    return np.asarray(words @ _MIXERS)

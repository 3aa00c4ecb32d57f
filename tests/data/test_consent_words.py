"""A shop's own words of consent: what they mean, what is said about words that nobody knows, and which columns are pointed out."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.consent import CONSENTS, ConsentWords
from segkit.data.validation.consent_columns import looks_like_consent, looks_like_opt_out
from segkit.errors import DataError

AS_OF = "2026-06-30"


def load(column="sms_consent", cells=("yes", "no"), *, consent=None, **more):
    """Return a shop whose profiles have these cells in a column."""
    frame = pd.DataFrame({"profile_id": [str(row) for row in range(len(cells))], column: pd.Series(cells), **more})
    return sk.Dataset.from_frames(frame, as_of=AS_OF, consent=consent)


def told(shop, issue):
    """Return the rows of a shop's report about an issue: column, count, examples, what was done."""
    rows = shop.report[shop.report["issue"] == issue]
    return [tuple(row) for row in rows[["column", "count", "examples", "resolution"]].to_numpy()]


def consent_of(shop, column="sms_consent"):
    """Return what the profiles' words of consent were read as."""
    return shop.cells(column).values.to_pylist()


@pytest.mark.parametrize("column", ["sms_consent", "email_consent"])
@pytest.mark.parametrize("written", ["yes", "YES", " Yes ", "yes "])
def test_a_word_of_the_shop_counts_as_it_says(column, written):
    """It holds for SMS and email, in any case and with blanks around it, in the cell and in the argument."""
    for word in ("yes", " YES"):
        shop = load(column, [written, "no"], consent={word: "subscribed", "no": "unsubscribed"})
        assert consent_of(shop, column) == ["subscribed", "unsubscribed"]
        assert told(shop, "unknown consent word") == []


def test_underscores_and_blanks_within_a_word_are_the_same():
    """`opted_in` and "Opted In" are one word, as NEVER_SUBSCRIBED and "Never subscribed" are."""
    assert consent_of(load(cells=["Opted In", "OPTED_IN"], consent={"opted_in": "subscribed"})) == ["subscribed"] * 2


def test_words_of_the_shop_win_over_the_known_ones():
    """Whoever says that "subscribed" means nothing here is believed; the other known words keep their meaning."""
    shop = load(cells=["subscribed", "unsubscribed"], consent={"Subscribed": "never_subscribed"})
    assert consent_of(shop) == ["never_subscribed", "unsubscribed"]


@pytest.mark.parametrize(
    ("cells", "consent"),
    [
        ([True, False, None], {True: "subscribed", False: "unsubscribed"}),
        ([1, 0, None], {1: "subscribed", 0: "unsubscribed"}),
        ([1.0, 0.0, None], {1: "subscribed", 0.0: "unsubscribed"}),
        (["1", "0", ""], {1.0: "subscribed", 0: "unsubscribed"}),
        (["TRUE", "false", None], {True: "subscribed", False: "unsubscribed"}),
    ],
)
def test_truths_and_numbers_are_words_too(cells, consent):
    """A column of true and false or of 1 and 0 is read by its text, and so are True and 1 in the argument; unset stays unset."""
    shop = load(cells=cells, consent=consent)
    assert consent_of(shop) == ["subscribed", "unsubscribed", "never_subscribed"]
    assert not shop.unknown_sms_words.any()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_files_are_read_by_the_same_words(tmp_path, ending):
    """`sk.load` takes the argument for CSV and Parquet alike."""
    frame = pd.DataFrame({"profile_id": ["a", "b", "c"], "sms_consent": ["yes", "no", "maybe"]})
    path = tmp_path / f"profiles.{ending}"
    frame.to_csv(path, index=False) if ending == "csv" else frame.to_parquet(path)
    shop = sk.load(tmp_path, as_of=AS_OF, consent={"yes": "subscribed", "no": "unsubscribed"})

    assert consent_of(shop) == ["subscribed", "unsubscribed", "never_subscribed"]
    assert shop.unknown_sms_words.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("consent", "said"),
    [
        ({"yes": "sure"}, ["'yes'", "'sure'", *CONSENTS]),
        ({"yes": "subscribed", "Yes ": "unsubscribed"}, ["'Yes '", "'subscribed' and 'unsubscribed'", *CONSENTS]),
        ({"": "subscribed"}, ["''", "can't be a word in a cell"]),
        ({None: "subscribed"}, ["None", "can't be a word in a cell"]),
        ({float("nan"): "subscribed"}, ["nan", "can't be a word in a cell"]),
        ("yes", ["consent must be a mapping", "'yes'", "{'yes': 'subscribed'}"]),
    ],
)
def test_words_that_mean_nothing_are_refused(consent, said):
    """A meaning that is none of the three, one word with two meanings, or no word at all is an error with the choices."""
    with pytest.raises(DataError) as error:
        load(consent=consent)
    assert [words for words in said if words not in str(error.value)] == []


def test_all_bad_words_are_told_at_once():
    """Two slips are two lines of one error."""
    with pytest.raises(DataError, match="consent has 2 mistakes"):
        load(consent={"yes": "sure", "no": "never"})


def test_one_word_twice_with_one_meaning_is_no_slip():
    """What folds to the same and means the same says it twice."""
    assert consent_of(load(consent={"yes": "subscribed", "YES": "subscribed"}))[0] == "subscribed"


def test_a_word_that_no_cell_holds_is_noted():
    """It may be misspelled, so the report names it; a word found in either channel's column is not named."""
    words = {"yes": "subscribed", "nope": "unsubscribed", "ok": "subscribed"}
    shop = load(cells=["yes", "no"], consent=words, email_consent=["ok", None])
    assert told(shop, "words in consent= that no cell contains") == [("consent", 1, "'nope'", "no effect")]


def test_an_unknown_word_is_told_with_what_resolves_it():
    """The commonest come first; the words that count and an argument that can be copied stand in the row."""
    shop = load(cells=["no", "yes", "yes", "subscribed", None])
    [(column, count, examples, done)] = told(shop, "unknown consent word")

    assert (column, count, examples) == ("sms_consent", 3, "'yes', 'no'")
    assert done == (
        "treated as never_subscribed in SMS segments, and as an opt-out of the number when texts are sent. Accepted words: "
        "subscribed, unsubscribed, never_subscribed. To map your words, pass consent={'yes': 'subscribed', 'no': 'unsubscribed'}"
    )


def test_the_suggested_argument_resolves_the_row():
    """Copied as it stands, it leaves no unknown word, and subscribes nobody who said no."""
    shop = load(cells=["Yes", "no", "opt-out", "Opted_In"][:3])
    [(*_, done)] = told(shop, "unknown consent word")
    consent = eval(re.search(r"consent=(\{.*\})", done)[1])
    again = load(cells=["Yes", "no", "opt-out"], consent=consent)

    assert told(again, "unknown consent word") == []
    assert consent_of(again) == ["subscribed", "unsubscribed", "unsubscribed"]


def test_no_meaning_is_suggested_for_a_word_that_may_be_either():
    """Nobody becomes subscribed because a suggestion was copied without a look."""
    [(*_, done)] = told(load(cells=["pending", "pending"]), "unknown consent word")
    assert "consent={'pending': '...'}" in done
    with pytest.raises(DataError, match="can't mean"):
        load(consent={"pending": "..."})


def test_an_unknown_word_of_email_blocks_no_number():
    """An email's consent says nothing about texts, neither in the report nor in the rows that are flagged."""
    shop = load("email_consent")
    [(column, _, _, done)] = told(shop, "unknown consent word")
    assert column == "email_consent"
    assert "opt-out" not in done
    assert not shop.unknown_sms_words.any()


def test_an_address_in_a_column_of_consent_is_not_shown():
    """What slipped into the column is covered in the examples and no part of the suggestion."""
    [(*_, examples, done)] = told(load(cells=["ann.lee@example.com", "+16175550132"]), "unknown consent word")
    assert not re.search(r"lee|5550132", examples + done)
    assert done.endswith("consent={'yes': 'subscribed'}")


@given(
    st.lists(
        st.sampled_from([None, "", " ", "yes", "YES", "Never", "SUBSCRIBED", "un_known"]), min_size=1, max_size=20
    ),
    st.dictionaries(st.sampled_from(["yes", "never", "Un Known"]), st.sampled_from(CONSENTS)),
)
def test_every_cell_is_read_by_the_rule(cells, consent):
    """A cell means what the shop says, else what is known, else never_subscribed; flagged is who has a word of neither."""
    known = {"subscribed": "subscribed", "never": "never_subscribed"}
    known |= {word.casefold(): meaning for word, meaning in consent.items()}
    words = [(cell or "").strip().casefold().replace("_", " ") for cell in cells]
    shop = load(cells=cells, consent=consent)

    assert consent_of(shop) == [known.get(word, "never_subscribed") for word in words]
    assert shop.unknown_sms_words.tolist() == [bool(word) and word not in known for word in words]


def test_who_has_an_unknown_word_is_told_row_by_row():
    """Unset cells and cells of blanks are no unknown words; without the column nobody has one."""
    assert load(cells=["yes", " ", None, "never"]).unknown_sms_words.tolist() == [True, False, False, False]
    assert load("City", ["Oslo", "Rome"]).unknown_sms_words.tolist() == [False, False]


def test_words_are_unseen_until_a_cell_holds_them():
    """They go by how they were given."""
    words = ConsentWords.of({"Yes": "subscribed", 0: "unsubscribed"})
    assert list(words.unseen.values()) == ["Yes", 0]


CONSENT_HEADERS = [
    "accepts_sms", "Accepts SMS Marketing", "sms_opt_in", "SMS Opt-In", "smsOptIn", "SMSOptIn", "sms_subscribed", "text_consent",
    "sms_marketing", "opted_in_sms", "consent_sms", "Agreed to texts", "sms permission", "Text Message Opt In",
]  # fmt: skip
OPT_OUT_HEADERS = [
    "Do Not Text", "do_not_text", "dnc", "DNC", "Don't Text", "sms_suppressed", "sms_opt_out", "SMS Opt-Out", "smsOptOut",
    "unsubscribed_sms", "stop_sms", "opted_out_sms", "Do Not Contact", "sms_blocked", "sms_unsubscribed_at",
]  # fmt: skip
NEITHER = [
    "City", "accepts_marketing", "email_consent", "context", "Texture options", "sms_consent_date", "sms_opted_in_at",
    "sms_transactional_consent", "sms_transactional_opt_out", "sms_consent_method", "sms_consent_last_updated", "Do Not Email",
    "sms_clicks", "Adopted text", "sms_consent_custom_method_detail", "email_list_suppressions",
]  # fmt: skip


@pytest.mark.parametrize("header", CONSENT_HEADERS)
def test_headers_that_speak_of_agreeing_to_texts(header):
    """They look like consent and not like an opt-out."""
    assert looks_like_consent(header)
    assert not looks_like_opt_out(header)


@pytest.mark.parametrize("header", OPT_OUT_HEADERS)
def test_headers_that_speak_of_not_wanting_texts(header):
    """They look like an opt-out, and are never offered as consent."""
    assert looks_like_opt_out(header)
    assert not looks_like_consent(header)


@pytest.mark.parametrize("header", NEITHER)
def test_headers_that_speak_of_neither(header):
    """Other channels, Klaviyo's own columns of details, and words that only contain such a word, are left alone."""
    assert not looks_like_consent(header)
    assert not looks_like_opt_out(header)


@pytest.mark.parametrize("header", CONSENT_HEADERS)
def test_without_consent_a_column_that_looks_like_it_is_offered(header):
    """The row that says that there is none names the column, and the arguments, copied, make consent of it."""
    cells = ["yes", "no", "no", None]
    [(*_, examples, done)] = told(load(header, cells), "no such column")
    assert f"{header!r} looks like this column" in done or f'"{header}" looks like this column' in done
    assert header in examples

    columns, consent = (eval(found) for found in re.findall(r"=(\{.*?\})", done))
    frame = pd.DataFrame({"profile_id": list("abcd"), header: cells})
    shop = sk.Dataset.from_frames(frame, as_of=AS_OF, columns=columns, consent=consent)
    assert consent_of(shop) == ["subscribed", "unsubscribed", "unsubscribed", "never_subscribed"]
    assert "unknown consent word" not in set(shop.report["issue"])


def test_a_column_of_many_or_personal_words_is_offered_without_them():
    """What is in it is shown only if it is a handful of plain words; a column with such words is offered first."""
    many = load("sms_consent_given", [f"id {row}" for row in range(9)])
    personal = load("sms_consent_given", ["ann@example.com"])
    both = load("sms_consent_given", ["ann@example.com"], accepts_sms=["yes"])

    for shop in (many, personal):
        [(*_, done)] = told(shop, "no such column")
        assert done.endswith("pass columns={'sms_consent_given': 'sms_consent'}")
    [(*_, examples, done)] = told(both, "no such column")
    assert examples == "'sms_consent_given', 'accepts_sms'"
    assert "'accepts_sms' looks like this column" in done


def test_words_that_count_need_no_meaning():
    """A column of words that are known, or that were given a meaning, is offered with `columns=` alone."""
    known = load("accepts_sms", ["SUBSCRIBED", "Unsubscribed"])
    mapped = load("accepts_sms", ["yes", "no"], consent={"yes": "subscribed", "no": "unsubscribed"})
    for shop in (known, mapped):
        [(*_, done)] = told(shop, "no such column")
        assert done.endswith("pass columns={'accepts_sms': 'sms_consent'}")


def test_an_opt_out_kept_as_a_property_is_pointed_out():
    """Beside consent, a column that looks like an opt-out stops nobody, and the row counts the profiles that don't say no in it."""
    shop = load(cells=["subscribed"] * 4, **{"Do Not Text": ["yes", "no", None, "asked by mail"], "dnc": ["no"] * 4})
    [(column, count, _, done)] = told(shop, "looks like an opt-out from texts")
    assert (column, count) == ("Do Not Text", 2)
    assert "exclude" in done
    assert shop.profiles["Do Not Text"].tolist()[0] == "yes"


@pytest.mark.parametrize(
    ("header", "name", "cell", "read"),
    [
        ("subscriptions_sms_marketing_consent", "sms_consent", "SUBSCRIBED", "subscribed"),
        ("SMS_MARKETING_CONSENT", "sms_consent", "SUBSCRIBED", "subscribed"),
        ("subscriptions_email_marketing_consent", "email_consent", "UNSUBSCRIBED", "unsubscribed"),
        ("email_marketing_consent", "email_consent", "NEVER_SUBSCRIBED", "never_subscribed"),
        ("subscriptions_sms_marketing_can_receive_sms_marketing", "can_receive_sms_marketing", "false", False),
        ("sms_marketing_can_receive_sms_marketing", "can_receive_sms_marketing", True, True),
        *(
            (header, name, "2026-06-01T00:00:00Z", pd.Timestamp("2026-06-01", tz="UTC"))
            for channel in ("sms", "email")
            for name in [f"{channel}_consent_timestamp"]
            for header in (
                f"subscriptions_{channel}_marketing_timestamp",
                f"subscriptions_{channel}_marketing_consent_timestamp",
                f"{channel}_marketing_consent_timestamp",
            )
        ),
    ],
)
def test_columns_of_a_warehouse_are_known(header, name, cell, read):
    """Klaviyo's tables, as connectors copy them into a warehouse, load without `columns=`."""
    assert load(header, [cell]).profiles[name].tolist() == [read]


@pytest.mark.parametrize("name", ["can_receive_sms_marketing", "email_suppressed", "sms_rcs_capable"])
def test_truths_are_read_however_people_write_them(name):
    """Yes and no, t and f, y and n, 1 and 0, in any case, are true and false; unset stays unset, and nothing is noted."""
    yes, no = ["yes", "T", " y ", "1", "TRUE"], ["No", "f", "N", "0", "False"]
    shop = load(name, [*yes, *no, None])
    assert shop.profiles[name].tolist() == [True] * 5 + [False] * 5 + [None]
    assert "neither true nor false" not in set(shop.report["issue"])


def test_a_permission_that_is_neither_true_nor_false_is_none():
    """A text that nobody can read lets no text out; for a suppression, the same text suppresses. Both are noted."""
    for name, read, done in [
        ("can_receive_sms_marketing", False, "treated as false"),
        ("email_suppressed", True, "treated as true"),
    ]:
        shop = load(name, ["perhaps", None])
        assert shop.profiles[name].tolist() == [read, None]
        assert told(shop, "neither true nor false") == [(name, 1, "'perhaps'", done)]

"""Every error that is raised on purpose names the thing, its value, the choices and the next step, in whole sentences."""

import inspect
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from segkit import errors
from segkit.errors import (
    AccountError,
    AnalysisError,
    DataError,
    DefinitionError,
    FileError,
    SegkitError,
    SegkitWarning,
    missing_extra,
)
from segkit.wording import counted, listed, nearest


def builder():
    """Stand for a function that is no builder."""


FOLDER = Path("shop")

DEFINITION = {
    "condition_as_truth": ((), ["condition", "`and`", "Write `a & b`", "`~a`", "brackets"]),
    "segment_as_truth": ((), ["segment", "`and`", "Write `vip & engaged`", "`~vip`"]),
    "condition_in_where": (
        ("Coupon",),
        ["'Coupon' is a property of the event", "where={'Coupon': {\"is_set\": True}}", "with &"],
    ),
    "swapped": (
        ("sk.members(segment, shop)",),
        ["The shop must be the second argument", "Write sk.members(segment, shop)"],
    ),
    "not_a_condition": ((5, "AllOf"), ["AllOf", "5", "int", "sk.did(...)", "segment.condition"]),
    "not_a_segment": (("VIP",), ["'VIP'", "str", 'sk.Segment("VIP", condition)']),
    "nameless_segment": ((" ",), ["name", "' '", "not blank", "sk.Segment("]),
    "one_name_twice": (("VIP",), ["'VIP'", "one column for each name", "a different name"]),
    "unknown_word": (
        ("did", "at_leats", ["at_most", "at_least"]),
        ["did", "'at_leats'", "Did you mean 'at_least'", "'at_most'"],
    ),
    "missing_word": (("spent", ["at_least", "at_most"]), ["spent", "one or more of", "'at_least', 'at_most'"]),
    "missing": (("lapsed", "'floor'", "'days'"), ["lapsed needs 'floor' and 'days'"]),
    "positional": (
        ("lapsed", 90, ["days", "floor"]),
        ["lapsed", "only keyword arguments", "90", "lapsed(days=...)", "'days', 'floor'"],
    ),
    "words_clash": (
        ("did", ["before", "after"]),
        ["did", "only one of: 'before', 'after'", "join two conditions with &"],
    ),
    "bad_value": (("at_least", -1, "a whole number of at least 0"), ["at_least", "-1", "a whole number of at least 0"]),
    "map_without_store": (
        (),
        ["needs store=(latitude, longitude) and radius=", "one distance condition", "charts.plot_map(sk.places("],
    ),
    "store_is_no_point": (
        ("45202",),
        ["(latitude, longitude)", "'45202'", "leave store out", "charts.plot_map(sk.places("],
    ),
    "sendable_of_a_table": ((), ["membership table", "sk.sizes(segments, shop, sendable=True)"]),
    "nothing_picked": ((), ["Pick a combination first", "click its bar", "explorer.chosen[:1]"]),
    "not_movable": (("vip",), ["'vip'", "no slider that its segment uses"]),
    "no_control_arm": (
        ("hold out", ["text", "holdout"]),
        ["'hold out'", "Did you mean 'holdout'?", "'text', 'holdout'", "control=", "control=None"],
    ),
    "not_the_audiences_shop": (
        ((20, datetime(2026, 6, 30, tzinfo=UTC)), (1, datetime(2026, 7, 1, tzinfo=UTC))),
        [
            "20 profiles as of 2026-06-30",
            "1 profile as of 2026-07-01",
            "audience's own shop",
            "sk.audience(segments, shop)",
        ],
    ),
    "not_connected": ((5,), ["connected shop", "of type int", "sk.connect(shop.save(folder))"]),
    "no_amount_to_rank": (
        ("Placed Order",),
        ["'Placed Order'", "sk.top(sk.spent(", "sk.top(sk.has(", "with & afterwards"],
    ),
    "nobody_to_rank": ((0.1,), ["share=0.1", "no profile to rank", "Check the name"]),
    "unknown_choice": (
        ("channel", "smss", ["sms", "email"]),
        ["channel", "'smss'", "Did you mean 'sms'", "'sms', 'email'"],
    ),
    "settings_of_segment": (
        ("VIP", ["days"], "sk.backtest(builder, shop, parameter=[...])"),
        ["'days'", "'VIP' is a segment", "sk.backtest(builder, shop, parameter=[...])"],
    ),
    "reversed_window": (
        ("between_days_ago", 9, 3),
        ["between_days_ago=(9, 3)", "is the wrong way round", "Write between_days_ago=(3, 9)"],
    ),
    "no_country": (
        ("The country of within", "UK", "GB", ["UA", "US", "ZA"]),
        [
            "The country of within can't be 'UK'",
            "ISO 3166",
            "Did you mean 'GB'",
            "begin with U: 'UA', 'US'.",
            "such as",
        ],
    ),
    "bad_funnel": ((1, 1, 2, 5), ["2 to 5 steps", "1 step that profiles take and 0 steps", "sk.did(...)", "with &"]),
    "not_pushed": (
        (["'A' can't be written.", "'B' can't be written."],),
        ["Nothing was sent", "2 segments can't be", "'A' can't be written.\n'B' can't be written."],
    ),
    "update_of_several": ((3,), ["--update", "3 segments were passed", "found by its name"]),
    "bad_pattern": (("(?=a)", "invalid perl operator"), ["'(?=a)'", "invalid perl operator", "RE2", "whole value"]),
    "too_many_conditions": ((5000, 1000), ["5,000", "1,000", "Split the segment"]),
    "unknown_segment": (
        ("VPI", "Engaged", ["VIP", "Engaged"]),
        ["'Engaged' refers to", "'VPI'", "Did you mean 'VIP'?", "'Engaged', 'VIP'", "sk.resolve_segments(["],
    ),
    "unresolved_segment": (("VIP",), ["'VIP'", "only that segment's name is known", "sk.resolve_segments(["]),
    "circle_of_segments": ((["A", "B", "A"],), ["in a circle: 'A' → 'B' → 'A'", "In one of them, write out"]),
    "too_many_written_out": (("S9", 20_000, 10_000), ["'S9'", "20,000", "10,000", "each segment only once"]),
    "reserved_name": (
        ("size", "sk.intersections"),
        ["'size'", "sk.intersections", "different name", "segment.condition"],
    ),
    "unreadable_text": (
        (["line 4: Do a.", "line 5: Do b."],),
        ["2 mistakes", "nothing was read", "- line 4: Do a.", "- line 5: Do b."],
    ),
    "not_yaml": (("found a tab",), ["not valid YAML", "found a tab", "Check the indentation"]),
    "empty_text": ((), ["The text is empty", "segkit: 1"]),
    "nested_too_deep": ((), ["nested too deep", "fewer levels"]),
    "tables_without_spark": ((), ["tables", "spark=session"]),
    "pattern_differs": (("a\\bc", "\\b"), ["'\\\\b'", "Spark", "sk.load(folder)"]),
    "not_a_spark_session": ((5,), ["Spark session", "int", "getOrCreate"]),
    "half_a_character": (
        ("A name", "Ann \ud83d"),
        ["A name", "half a character", "emoji", "Write the whole character"],
    ),
    "half_in_text": ((), ["half a character", "emoji", "Write the whole character"]),
    "text_too_long": ((600_000, 500_000), ["600,000 characters", "at most 500,000", "right file"]),
    "not_plain": (("&a",), ["'&a'", "anchor", "Replace it with the value"]),
    "key_twice": (("did",), ["'did'", "twice", "two conditions, each after a dash"]),
    "two_readings": (("no",), ["'no'", "without quotes", '"no"', "true or false"]),
    "unquoted": (("has", 7), ["has", "7", "a number", 'has: "7"']),
    "unknown_key": (("at leats", ["at most", "at least"]), ["'at leats'", "Did you mean 'at least'", "'at most'"]),
    "not_one_key": (
        ("A condition", ["did", "has"], ["did", "has", "not"]),
        ["exactly one of 'did', 'has', 'not'", "this one has 'did', 'has'", 'under the key "all of:"'],
    ),
    "not_a_mapping": (("sms",), ["'sms'", "can receive: sms", "a key, a colon"]),
    "bad_timeframe": (
        ("when", "in last 90 days", ["in the last 90 days", "before 2026-01-01"]),
        ["when", "'in last 90 days'", "Did you mean 'in the last 90 days'", "'before 2026-01-01'"],
    ),
    "unknown_form": ((2, 1), ["segkit: 2", "reads only the format segkit: 1", "install"]),
    "not_as_text": (("VIP", "at least must be finite."), ["'VIP'", "at least must be finite", "sk.did(...)"]),
    "no_segment_files": ((FOLDER, ["a.txt"]), ["'shop'", ".yaml", "'a.txt'", "segment.to_yaml()"]),
    "no_klaviyo_definition": (("it has name",), ["it has name", "Segments API", "condition_groups", ".json"]),
    "several_klaviyo_definitions": ((["VIP", "EU"],), ["'VIP', 'EU'", "segments_from_klaviyo(page)"]),
    "klaviyo_unread": ((["condition group 1, condition 2: a."],), ["1 part", "- condition group 1, condition 2: a."]),
    "klaviyo_unsaid": (("VIP", ["a: b.", "c: d."]), ["'VIP'", "2 reasons", "- a: b.\n  - c: d.", "what to do"]),
    "beyond_segkit": (
        ("Consent to push messages", "segkit knows sms"),
        ["Consent to push messages", "segkit knows sms"],
    ),
    "beyond_klaviyo": (
        ("distance from a point", "a postal code"),
        ["distance from a point", "Nearest alternative: a postal code"],
    ),
    "unnamed_id": (("metric", "UWxqMk"), ["metric with the id 'UWxqMk'", "metric_names={'UWxqMk': NAME}", "names="]),
    "no_id": (
        ("list", "vip", ["VIP"]),
        ["list named 'vip'", "Did you mean 'VIP'", "list_ids={'vip': ID}", "Known names: 'VIP'"],
    ),
    "one_name_of_several": (
        ("metric", "Placed Order", ["B", "A"], "ids"),
        ["More than one metric is named 'Placed Order': 'A', 'B'", "metric_ids={'Placed Order': ID}"],
    ),
    "not_a_builder": ((5,), ["Expected a builder", "of type int", "Annotated[int, Range(7, 365)]", "sk.sizes("]),
    "phrase_as_builder": (("did",), ["sk.did makes a condition", "a builder makes a segment", "return sk.Segment("]),
    "not_made_a_segment": ((builder, [1]), ["'builder'", "of type list", "returns one segment"]),
    "not_a_dataset": (("shop",), ["Expected a Dataset", "str", "sk.load("]),
    "table_and_data": (("sizes",), ["sk.sizes", "without a shop", "sk.sizes(table)", "sk.sizes(segments, shop)"]),
    "not_a_membership_table": (("sizes", [5]), ["sk.sizes", "list", "sk.sizes(sk.membership(segments, shop))"]),
    "not_flags": (("City", "Oslo"), ["'City'", "'Oslo'", "True, False, 1 or 0", "Drop the column"]),
    "no_signature": ((builder, "it has no defaults"), ["'builder'", "it has no defaults", "def lapsed(*, days"]),
}
DATA = {
    "saved_shop_damaged": (
        (Path("shop/saved-tables/events/metric=X/part-0.parquet"), "it is missing"),
        ["'part-0.parquet'", "in 'shop'", "it is missing", "sk.load(...).save(folder)"],
    ),
    "not_of_the_saved_shop": (
        (Path("shop/more.csv"),),
        ["'more.csv' in 'shop'", "Move it elsewhere", "save the shop again"],
    ),
    "saved_by_another_version": (
        (FOLDER, "0.9", 7),
        ["'shop'", "segkit 0.9", "version 7", "sk.load(...).save(folder)"],
    ),
    "folder_not_entered": ((FOLDER,), ["'shop'", "can't be read", "Only its owner", "Ask the owner"]),
    "inside_a_saved_shop": ((FOLDER,), ["inside a saved shop", "sk.load('shop')"]),
    "saved_shop_is_read": (
        (["columns", "day_first"],),
        ["'columns', 'day_first'", "only as_of", "the original data"],
    ),
    "property_not_saved": (("Months", "month_interval"), ["'Months'", "month_interval", "astype(str)"]),
    "no_ids_to_add_by": (
        ("with_properties", ["Score"]),
        ["with_properties", "'profile_id'", "'Score'", "rename_axis('profile_id')"],
    ),
    "decides_who_is_sent_to": (
        (["country", "sms_consent"],),
        ["'country', 'sms_consent'", "sk.load(..., profiles=frame)", "'country (mine)'"],
    ),
    "nothing_to_add": (("with_list",), ["with_list", "no ids", "Check how the data was selected"]),
    "series_without_name": (
        ("with_properties",),
        ["with_properties", "Series without a name", "series.rename('Spent')"],
    ),
    "flags_instead_of_ids": ((), ["with_list", "True and False", "series.index[series]"]),
    "issues": (
        (["profiles, x: a. Do b.", "events, y: c. Do d."],),
        ["2 issues", "nothing was loaded", "- profiles, x: a. Do b."],
    ),
    "no_file": ((FOLDER / "profile.csv",), ["profile.csv", "Check the spelling and the working directory"]),
    "bad_consent": (
        (["'a' can't mean 'b'. The choices are: 'c'."],),
        ["consent has a mistake", "- 'a' can't mean 'b'"],
    ),
    "bad_argument": (("columns", 5, "a mapping"), ["columns must be a mapping", "5"]),
    "no_headers": (("profiles.csv", ["a•"]), ["profiles.csv", "'a•'", "a header row above it", "names=[...]"]),
    "several_levels": (("profiles", ("a", "b")), ["profiles", "('a', 'b')", "Join the levels first"]),
    "no_data_in_folder": (
        (FOLDER, ["a.txt"]),
        ["'shop'", "profiles.*", "events.*", "'a.txt'", "one by one", "sk.load("],
    ),
    "two_kinds_of_file": (
        ("events", ["events.csv", "events.parquet"]),
        ["events", "'events.csv', 'events.parquet'", "Remove one"],
    ),
    "nothing_given": ((), ["nothing to load", 'sk.load("sample_data")', "profiles="]),
    "not_a_pair": (
        ("--consent", "yes", "yes=subscribed"),
        ["--consent", "'yes'", "yes=subscribed", "Quote a pair", "before the options"],
    ),
    "not_a_place": (("1,2,x",), ["--near", "'1,2,x'", "--near 42.36,-71.06"]),
    "no_notebook": (
        ("lab", Path("03_sms"), [Path("notebooks/03_sms_engaged.ipynb")]),
        ["'03_sms'", "'notebooks/03_sms_engaged.ipynb'", "segkit lab notebooks/03_sms_engaged.ipynb"],
    ),
    "one_folder_at_a_time": (("app", ["a", "b"]), ["segkit app", "'a', 'b'", "--port 8911"]),
    "pair_twice": (
        ("--consent", "yes", ["subscribed", "unsubscribed"]),
        ["--consent", "'yes'", "'subscribed', 'unsubscribed'", "Keep one"],
    ),
    "not_a_regular_file": ((FOLDER / "p.csv",), ["'p.csv'", "a device or a pipe", "Save its output"]),
    "folder_for_file": ((FOLDER,), [repr(str(FOLDER)), "is a folder", "path of a file"]),
    "file_too_large": ((FOLDER / "p.json", 2**30), ["'p.json'", "1 GB", "right file"]),
    "unpacks_too_large": ((FOLDER / "p.csv.gz", 2**28), ["'p.csv.gz'", "256 MB", "unpack it and load"]),
    "cells_nested_too_deep": ((100,), ["more than 100 levels deep", "Leave the column out"]),
    "no_such_name": (("p" * 300,), ["'ppp", "…", "no file can have this name", "Check the spelling"]),
    "unknown_format": ((FOLDER / "p.log",), ["'p.log'", ".csv.gz", ".parquet", "from_frames"]),
    "not_a_source": (("events", 5), ["events", "an int", "Pass a path", "Polars", "pandas.DataFrame(rows)"]),
    "not_a_table_of_arrow": (
        ("events", "Series"),
        ["events", "Series", "not a table of named columns", "frame.collect()"],
    ),
    "no_excel": ((FOLDER / "p.xlsx",), ["'p.xlsx'", "pip install openpyxl", "CSV UTF-8"]),
    "no_parts": ((FOLDER / "events", ["a.log"]), ["'events'", "no Parquet file", "'a.log'", "in a list"]),
    "several_in_archive": (
        (FOLDER / "p.zip", "2 files: 'a', 'b'"),
        ["'p.zip'", "one file", "2 files: 'a', 'b'", "Unpack"],
    ),
    "other_format": (
        (FOLDER / "p.csv", FOLDER / "p.json"),
        ["'p.csv'", "a different format from 'p.json'", "in one format"],
    ),
    "changed_while_read": (([FOLDER / "p.csv"],), ["'p.csv'", "changed while", "nothing was loaded", "Load again"]),
    "not_utf8": ((FOLDER / "p.csv", "line 3 is not"), ["'p.csv'", "line 3", "Save it as CSV UTF-8", "encoding="]),
    "unclear_separator": ((FOLDER / "p.csv", ["tabs", "bars"]), ["'p.csv'", "tabs or by bars", "sep=;"]),
    "unknown_encoding": (("ansi",), ["'ansi'", "'cp1252'"]),
    "stored_text_not_utf8": (
        (FOLDER / "p.parquet", "city"),
        ["'p.parquet'", "'city'", "UTF-8", "Write the file again"],
    ),
    "damaged_file": ((FOLDER / "p.parquet", "it is damaged"), ["'p.parquet'", "it is damaged", "Export it again"]),
    "unreadable_file": ((FOLDER / "p.csv", "it ends early"), ["'p.csv'", "it ends early", "export it again"]),
    "empty_file": (("p.csv",), ["p.csv", "no rows", "Check that the export finished"]),
    "metrics_without_names": ((["M1"],), ["'M1'", "but no names", 'events["metric"] = ']),
    "no_as_of": ((), ["no event", "when it was exported", 'as_of="2026-06-30"']),
    "bad_as_of": (("soon",), ["as_of", "'soon'", "'2026-06-30'", "UTC"]),
    "unknown_zone": (("created", "Mars/Base"), ["'created'", "'Mars/Base'", "'America/New_York'", "UTC"]),
    "unknown_metric": (
        ("Placed order", ["Placed Order"]),
        ["'Placed order'", "Did you mean 'Placed Order'", "The metrics in the data are"],
    ),
    "unknown_property": (("age", ["Age", "city"]), ["'age'", "Did you mean 'Age'", "case-sensitive", "'Age', 'city'"]),
    "unknown_list": (("vip", ["VIP"]), ["'vip'", "Did you mean 'VIP'", "The lists are"]),
    "metric_not_in_layout": (
        ("Placed Order", "Stitch", ["Clicked SMS"]),
        ["Stitch has no events of 'Placed Order'", "'Clicked SMS'", "events=..."],
    ),
    "spark_lost": ((Path("shop"),), ["'shop'", "was stopped", "spark=session"]),
    "spark_setting": (("spark.some.setting", "false"), ["spark.some.setting", "session.conf.set"]),
    "no_such_table": (("sales", ["events"]), ["'sales'", "events"]),
    "other_table": (
        ("events", ["day"], ["who is int"], "day INT, who BIGINT", (1, 2)),
        ["'events'", "lacks the columns day", "who is int", "1 rows instead of 2", "day INT, who BIGINT"],
    ),
    "lists_not_in_layout": (
        ("VIP", "Airbyte"),
        ["Airbyte does not include the members of lists", "'VIP'", "lists=table"],
    ),
    "no_table_of_layout": (
        (FOLDER, "Stitch", ["receive"], ["person.csv"]),
        ["no table of Stitch", "'receive'", "'person.csv'", "layout="],
    ),
    "lacking_in_layout": (("person", ["id"], ["email"]), ["person has no column 'id'", "'email'", "layout="]),
    "unknown_profile": (("Ann", "ann"), ["'Ann'", "case-sensitive", "'ann'"]),
    "unknown_postal_code": (
        ("02111", "US", ["02110"]),
        ["'02111' in 'US'", "Did you mean '02110'", "of=(42.36, -71.06)"],
    ),
    "not_a_saved_shop": ((FOLDER,), ["'shop'", "is not a saved shop", "sk.connect(another_folder)"]),
    "needs_loading": (("with_list", FOLDER), ["with_list", "in memory", "sk.load('shop')"]),
    "values_without_readings": (("Coupon",), ["'Coupon'", "a different value", "sk.load(folder)"]),
    "connection_closed": ((FOLDER,), ["'shop'", "is closed", "sk.connect('shop')"]),
    "database_out_of_memory": ((FOLDER,), ["'shop'", "ran out of memory", "fewer segments"]),
    "database_failed": ((FOLDER, "IOException", "gone"), ["'shop'", "IOException, gone", "sk.load('shop')"]),
    "no_names": (("n.json",), ["n.json", "Get Metrics", '{"metrics": {ID: NAME}']),
    "amounts_too_large": (("Placed Order",), ["'Placed Order'", "64 bits", "wrong column"]),
}
FILE = {
    "split_not_checked": ((), ["nobody was checked", "Split an audience", "sk.split(sk.audience(segment, shop)"]),
    "holds_more_than_a_shop": (
        (FOLDER, ["notes.txt"]),
        ["'shop'", "'notes.txt'", "would be lost", "Choose a new folder"],
    ),
    "unknown_layout": (
        ("klavio", ["klaviyo", "members"]),
        ["'klavio'", "Did you mean 'klaviyo'", "'klaviyo', 'members'"],
    ),
    "no_folder": ((FOLDER / "vip.csv",), ["vip.csv", "'shop'", "does not exist", "Create the folder first"]),
    "not_a_folder": ((FOLDER / "vip",), ["vip", "is a file", "Choose another folder"]),
    "not_written": (
        (FOLDER / "vip.csv", "no room"),
        ["vip.csv", "no room", "Nothing was changed", "Check that there is enough disk space"],
    ),
    "not_a_file": ((FOLDER / "pipe",), ["pipe", "a pipe, a device or a socket", "'vip.csv'"]),
    "bad_name": ((FOLDER / ("v" * 300), "is too long"), ["vvv...", "is too long", "'vip.csv'"]),
    "busy": ((FOLDER,), ["'shop'", "another program", "Nothing was changed", "another folder"]),
    "one_folder_for_two": ((FOLDER, ["a", "b"]), ["'shop'", "'a', 'b'", "the same folder", "Remove the links"]),
    "is_folder": ((FOLDER,), ["'shop' is a folder", "vip.csv"]),
    "exists": ((FOLDER / "vip.csv",), ["vip.csv", "already exists", "not changed", "another name", "replace=True"]),
    "not_csv": (("vip.xlsx",), ["'vip.xlsx'", "does not end in .csv", "'vip.csv'"]),
    "not_to_be_sent": (
        (datetime(2026, 6, 30, 12, tzinfo=UTC),),
        ["looking_back", "2026-06-30 12:00 UTC", "must not be texted", "leave looking_back out"],
    ),
    "in_app": ((), ["segkit app", "never writes files", "download button", "segkit lab"]),
}
ACCOUNT = {
    "no_key": (("KLAVIYO_API_KEY",), ["no API key", "private key", "KLAVIYO_API_KEY"]),
    "bad_key": (("KLAVIYO_API_KEY",), ["KLAVIYO_API_KEY", "spaces", "Copy it again"]),
    "unencrypted": (("http://example.com",), ["'http://example.com'", "unencrypted", "https://"]),
    "key_refused": (("Get Events",), ["Get Events", "401", "Settings > API keys"]),
    "not_allowed": (
        ("Get Events", ["events:read"]),
        ["Get Events", "403", "the scope 'events:read'", "Create a key that has it"],
    ),
    "too_fast": (("Get Events", 90_000.0), ["Get Events", "429", "90,000 seconds", "later"]),
    "server_fault": (("Get Events", 503), ["Get Events", "503", "status.klaviyo.com"]),
    "too_slow": (("Get Events", 300.0), ["Get Events", "300 seconds", "gave up", "Check the network"]),
    "too_large": (("Get Events", 64 * 2**20), ["Get Events", "64 MiB", "stopped reading", "proxy"]),
    "unreachable": (("Get Events", "ProtocolError"), ["Get Events", "ProtocolError", "Check the network"]),
    "refused": (
        ("Get Events", 400, "No such metric."),
        ["Get Events", "400", "Klaviyo says: No such metric.", "Check the names"],
    ),
    "no_document": (("Get Events",), ["Get Events", "not a JSON document", "proxy"]),
    "broken_page": (
        ("Get Events", 1_234, "it has no list named 'data'"),
        ["Get Events, page 1,234", "no list named 'data'", "pages before it are saved"],
    ),
    "damaged_page": ((FOLDER / "page.gz",), ["page.gz", "damaged", "--restart"]),
    "other_pull": (
        (FOLDER, "since='2026-01-01'", "since='2025-01-01'"),
        ["'shop'", "since='2026-01-01'", "this pull has since='2025-01-01'", "--restart"],
    ),
    "other_account": ((FOLDER,), ["'shop'", "another account", "--restart"]),
    "stale_cursor": ((FOLDER, "Get Events: no."), ["'shop'", "Get Events: no.", "--restart"]),
    "already_running": ((FOLDER,), ["'shop'", "is running", "another folder"]),
    "folder_in_use": ((FOLDER, ["events.csv"]), ["'shop'", "'events.csv'", "another folder"]),
    "unknown_name": (
        ("metric", "Placed order", ["Placed Order", "Clicked SMS"]),
        ["metric named 'Placed order'", "Did you mean 'Placed Order'", "'Clicked SMS', 'Placed Order'"],
    ),
    "no_such_segment": (("SegZzz",), ["'SegZzz'", "nothing was sent", "found by its name"]),
    "several_of_a_name": (
        ("VIP", ["SegAaa", "SegBbb"]),
        ["'VIP'", "'SegAaa', 'SegBbb'", "nothing was sent", "--update", "rename"],
    ),
    "too_many_changes": ((101, 100), ["101", "100 a day", "nothing was sent", "tomorrow"]),
    "push_stopped": (
        ("Create Segment: no.", ["A"], ["B", "C"]),
        ["Create Segment: no.", "Done: 'A'.", "Not done: 'B', 'C'.", "Run the same push again"],
    ),
}
ANALYSIS = {
    "nobody_did": (("Placed Ordr",), ["'Placed Ordr'", "Pass a different outcome"]),
    "data_too_short": (
        ("Clicked SMS", date(2026, 1, 1), 60, 91, 30),
        [
            "looks back 91 days",
            "the 30 days after that",
            "needs 121 whole days",
            "'Clicked SMS' begin on 2026-01-01",
            "the data has 60 days",
            "Load older events",
        ],
    ),
    "no_complete_moment": (
        (date(2026, 6, 15), "30 days after it end on 2026-07-15", date(2025, 1, 1), date(2026, 5, 31), 30),
        ["2026-06-15", "end on 2026-07-15", "from 2025-01-01 to 2026-05-31", "smaller within_days"],
    ),
    "no_responders": (("Placed Order", "VIP", 3_000, 30), ["3,000 profiles", "(VIP)", "1 in 1,000", "more moments"]),
    "all_responders": (("Placed Order", "VIP", 30), ["Everybody", "(VIP)", "smaller within_days"]),
    "too_few_settings": ((1,), ["There is 1 setting", "at least 2", "days=range(7, 181, 7)"]),
    "too_few_moments": ((1,), ["has only 1 moment", "more moments", "smaller within_days"]),
    "outcome_without_amounts": (("Clicked SMS",), ["'Clicked SMS' have no amounts", "outcome='Placed Order'"]),
    "no_unsubscribes": ((), ["'Unsubscribed from SMS Marketing'", "Load these events", "sk.budget(texts=...)"]),
    "no_setting_for_goal": (
        ("at most 10 texts", "the smallest is days 7, with 300 texts"),
        ["No setting", "at most 10 texts", "days 7, with 300 texts", "wider limit"],
    ),
    "empty_arm": (("hold out", 0.1, 5, "spring"), ["'hold out'", "'spring'", "0.1 of 5 people", "larger share"]),
    "no_such_arm": (("holdout", ["hold out", "text"]), ["'holdout'", "'hold out'", "control="]),
    "no_control": (
        (["a", "b"],),
        ["control=None", "'a', 'b'", "control='a'", "sk.measure", "split with a hold-out"],
    ),
    "single_arm": (("hold out",), ["'hold out'", "nobody to compare with", "who were texted"]),
    "arm_of_nobody": (("text",), ["'text'", "in the data", "shop.profile_ids"]),
    "arms_share_numbers": ((3,), ["3 phone numbers", "another profile", "sk.split"]),
    "not_started": ((date(2026, 7, 1), date(2026, 6, 30)), ["2026-07-01", "2026-06-30", "newer data"]),
    "outcome_begins_later": (
        ("Placed Order", date(2026, 6, 20), date(2026, 6, 1), date(2026, 6, 14)),
        ["'Placed Order' in the data is on 2026-06-20", "2026-06-01 to 2026-06-14", "older events", "within_days"],
    ),
    "nobody_in_the_test": (
        ("Placed Order", 500, date(2026, 6, 1), date(2026, 6, 14)),
        ["500 people", "'Placed Order'", "2026-06-01 to 2026-06-14", "within_days"],
    ),
    "rate_at_an_end": (("Placed Order", 0.0), ["'Placed Order' is 0", "within_days", "base_rate=0.01"]),
    "more_to_come": (
        (datetime(2026, 3, 31, 10, tzinfo=UTC), ["5 events"]),
        ["2026-03-31 10:00", "5 events", "shop.with_as_of"],
    ),
    "empty_base": (("VIP",), ["(VIP)", "no profiles", "Pass a different segment"]),
    "computed_later": (
        (["churn_probability"],),
        ["'churn_probability'", "use the future", "allow_todays=['churn_probability']"],
    ),
}
EVERY = [
    (kind, name, *case)
    for kind, cases in (
        (DefinitionError, DEFINITION),
        (DataError, DATA),
        (FileError, FILE),
        (AccountError, ACCOUNT),
        (AnalysisError, ANALYSIS),
    )
    for name, case in cases.items()
]


@pytest.mark.parametrize(("kind", "name", "given", "said"), EVERY, ids=[name for _, name, *_ in EVERY])
def test_a_message_says_what_why_and_what_next(kind, name, given, said):
    """The message names the thing and its value, offers the choices that there are, and ends with what to do."""
    error = getattr(kind, name)(*given)
    assert type(error) is kind
    missing = [part for part in said if part not in str(error)]
    assert not missing


@pytest.mark.parametrize(("kind", "name", "given", "said"), EVERY, ids=[name for _, name, *_ in EVERY])
def test_a_message_is_made_of_sentences(kind, name, given, said):
    """It begins with a capital or a name, ends with a full stop, and has no doubled stops or blanks."""
    text = str(getattr(kind, name)(*given))
    assert re.match(r"[A-Z'a-z_]", text)
    assert text.endswith(".")
    # This argument is advice. Any other None is a value that the message does not show as words.
    assert not re.search(r"\.\. |[?!]\.|\.\.$| {2}(?!- )|(?<!\bcontrol=)None", text)


@pytest.mark.parametrize("kind", [DefinitionError, DataError, FileError, AccountError, AnalysisError])
def test_every_constructor_is_in_a_table(kind):
    """No error is without a test of its wording."""
    constructors = {name for name, member in vars(kind).items() if isinstance(member, classmethod)}
    tables = {
        DefinitionError: DEFINITION,
        DataError: DATA,
        FileError: FILE,
        AccountError: ACCOUNT,
        AnalysisError: ANALYSIS,
    }
    assert constructors == set(tables[kind])


def test_every_kind_of_error_is_known():
    """There are five kinds, each also one of Python's own, so that old handlers catch them."""
    kinds = {found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, SegkitError)}
    assert kinds == {SegkitError, DefinitionError, DataError, FileError, AccountError, AnalysisError}
    assert issubclass(AnalysisError, ValueError)
    assert issubclass(DefinitionError, ValueError)
    assert issubclass(DataError, ValueError)
    assert issubclass(FileError, OSError)
    assert issubclass(AccountError, RuntimeError)
    assert issubclass(SegkitWarning, UserWarning)


def test_one_fault_is_one():
    """A single fault is said in the singular."""
    assert str(DataError.issues(["events, value: x. Do y."])).startswith("The data has an issue that would")


def test_without_choices_nothing_is_offered():
    """Where there is nothing near, or nothing at all, the message offers nothing and says what to bring."""
    assert "Did you mean" not in str(DataError.unknown_metric("Xyz", ["Placed Order"]))
    assert "The properties are: none" in str(DataError.unknown_property("age", []))
    assert "has no lists" in str(DataError.unknown_list("VIP", []))
    assert "places.csv" in str(DataError.unknown_postal_code("75001", "FR", []))
    assert "contains: nothing" in str(DataError.no_data_in_folder(FOLDER, []))
    assert "Did you mean" not in str(DefinitionError.unknown_choice("channel", 5, ["sms"]))
    assert "Did you mean" not in str(FileError.unknown_layout(None, ["members"]))


def test_a_missing_file_is_looked_for_beside(tmp_path):
    """What stands beside a missing file is listed, nearest first."""
    for name in ("profiles.csv", "events.csv"):
        (tmp_path / name).touch()
    message = str(DataError.no_file(tmp_path / "profile.csv"))
    assert "Did you mean 'profiles.csv'? The folder contains: 'events.csv', 'profiles.csv'." in message


@pytest.mark.parametrize(("names", "most", "said"), [
    ([], 3, ""), (["a"], 3, "'a'"), (["a", "b"], 2, "'a', 'b'"), (["a", "b", "c"], 2, "'a', 'b' and 1 more"),
    (range(3_000), 1, "0 and 2,999 more"),
])  # fmt: skip
def test_long_lists_are_cut(names, most, said):
    """Names are listed up to a number, and the rest is counted."""
    assert listed(names, most=most) == said


@pytest.mark.parametrize(("name", "known", "said"), [
    ("clicked sms", ["Clicked SMS", "Opened Email"], " Did you mean 'Clicked SMS'?"),
    ("VIP", ["VIP", "vip"], " Did you mean"),
    ("zzz", ["Clicked SMS"], ""),
    ("x", [], ""),
])  # fmt: skip
def test_near_spellings_are_offered_whatever_their_case(name, known, said):
    """A slip in case or in a letter finds the name that was meant."""
    assert nearest(name, known).startswith(said)
    assert bool(nearest(name, known)) == bool(said)


@pytest.mark.parametrize(("number", "words", "said"), [
    (0, ("event",), "0 events"), (1, ("event",), "1 event"), (1234, ("event",), "1,234 events"),
    (1, ("row has", "rows have"), "1 row has"), (2, ("row has", "rows have"), "2 rows have"),
])  # fmt: skip
def test_counted(number, words, said):
    """One is singular, everything else is plural, and thousands are marked."""
    assert counted(number, *words) == said


def test_a_missing_package_comes_with_the_line_that_installs_it():
    """An optional package that is not there is an ImportError with the command to run."""
    error = missing_extra("sqlglot", "sql")
    assert isinstance(error, ImportError)
    assert str(error).endswith('run: pip install "sms-segkit[sql]"')

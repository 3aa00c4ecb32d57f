from segkit import charts, widgets
from segkit.analysis.agreement import compare_members
from segkit.analysis.backtest import backtest
from segkit.analysis.changes import changes
from segkit.analysis.clauses import clauses, near_misses
from segkit.analysis.describe import describe
from segkit.analysis.detectable import detectable
from segkit.analysis.distribution import distribution
from segkit.analysis.goals import budget, profit, reach
from segkit.analysis.history import history
from segkit.analysis.leaving import leaving
from segkit.analysis.measure import measure
from segkit.analysis.movements import movements
from segkit.analysis.overlap import intersections, overlap
from segkit.analysis.partition import partition
from segkit.analysis.places import places
from segkit.analysis.recommended import recommended
from segkit.analysis.similar import similar
from segkit.analysis.sizes import sizes
from segkit.analysis.starting import starting_values
from segkit.analysis.suggest import suggest
from segkit.analysis.sweep import sweep
from segkit.analysis.top import top
from segkit.analysis.uplift import uplift
from segkit.analysis.why import why
from segkit.builders import (
    engagement_tracks,
    former_vip,
    lapsed_customers,
    prefers_sms,
    sms_budget_shoppers,
    sms_country,
    sms_delivery_errors,
    sms_engaged,
    sms_gender,
    sms_nearby,
    sms_preference,
    sms_property,
    sms_subscribers,
    sms_vip,
)
from segkit.command.build import build
from segkit.definition.conditions import AllOf, AnyOf, Condition, Not
from segkit.definition.difference import diff
from segkit.definition.explain import explain
from segkit.definition.parameters import Choice, Range, StartsAt, builder, parameters
from segkit.definition.phrases import (
    beyond,
    can_receive,
    cannot_receive,
    did,
    did_in_order,
    did_not,
    did_on_days,
    has,
    in_list,
    in_region,
    in_segment,
    is_not_set,
    is_set,
    last_event,
    no_step,
    not_in_list,
    not_in_region,
    not_phone_country,
    phone_country,
    spent,
    step,
    within,
)
from segkit.definition.segment import Segment, resolve_segments
from segkit.definition.several import in_exactly
from segkit.definition.text.segment_files import load_segments
from segkit.engine.connected import connect
from segkit.engine.load import load
from segkit.engine.membership import members, membership
from segkit.engine.memory.dataset import Dataset
from segkit.engine.sql_text import to_sql
from segkit.errors import AccountError, DataError, DefinitionError, FileError, SegkitError, SegkitWarning
from segkit.klaviyo import account
from segkit.klaviyo.account_names import AccountNames
from segkit.klaviyo.definitions import from_klaviyo, segments_from_klaviyo, to_klaviyo
from segkit.klaviyo.import_check import check_import
from segkit.sample import write_sample
from segkit.sending.audience import SmsAudience, audience, write_members
from segkit.sending.split import split

__all__ = [
    # modules
    "account",
    "charts",
    "widgets",
    # a shop
    "load",
    "connect",
    "Dataset",
    "write_sample",
    # defining a segment
    "Segment",
    "did",
    "did_not",
    "did_on_days",
    "last_event",
    "did_in_order",
    "step",
    "no_step",
    "spent",
    "has",
    "is_set",
    "is_not_set",
    "can_receive",
    "cannot_receive",
    "within",
    "beyond",
    "phone_country",
    "not_phone_country",
    "in_region",
    "not_in_region",
    "in_list",
    "not_in_list",
    "in_segment",
    "in_exactly",
    "AllOf",
    "AnyOf",
    "Not",
    "Condition",
    "explain",
    "load_segments",
    "resolve_segments",
    "diff",
    # to Klaviyo and back
    "from_klaviyo",
    "segments_from_klaviyo",
    "to_klaviyo",
    "to_sql",
    "AccountNames",
    "compare_members",
    # ready-made segments
    "sms_subscribers",
    "sms_engaged",
    "prefers_sms",
    "sms_vip",
    "sms_nearby",
    "sms_country",
    "sms_gender",
    "sms_property",
    "sms_budget_shoppers",
    "sms_preference",
    "engagement_tracks",
    "sms_delivery_errors",
    "lapsed_customers",
    "former_vip",
    "recommended",
    "starting_values",
    "top",
    # builders of your own
    "builder",
    "Range",
    "Choice",
    "StartsAt",
    "parameters",
    # who is in a segment
    "membership",
    "members",
    "sizes",
    "describe",
    "overlap",
    "intersections",
    "why",
    "sweep",
    "distribution",
    "places",
    # what a rule would have brought
    "backtest",
    "suggest",
    "budget",
    "reach",
    "profit",
    # several segments, and the conditions of one
    "partition",
    "similar",
    "clauses",
    "near_misses",
    # who comes and who goes
    "history",
    "changes",
    "movements",
    "leaving",
    # what a text adds
    "split",
    "detectable",
    "measure",
    "uplift",
    # sending
    "audience",
    "SmsAudience",
    "write_members",
    "check_import",
    "build",
    # errors and warnings
    "SegkitError",
    "DefinitionError",
    "DataError",
    "FileError",
    "AccountError",
    "SegkitWarning",
]

"""segkit: SMS segments for the analyst who decides who gets a text message.

Load a shop, say a segment, see who is in it and why the rest can't be texted, and write the file. Charts and widgets are asked
for by name, `from segkit import charts, widgets`, so that nothing is imported that is not used.
"""

from segkit.analysis.distribution import Distribution, distribution
from segkit.analysis.overlap import intersections, overlap
from segkit.analysis.recommended import Recommended, recommended
from segkit.analysis.sizes import sizes
from segkit.analysis.starting import starting_values
from segkit.analysis.sweep import sweep
from segkit.analysis.why import why
from segkit.audience import SmsAudience, audience, write_members
from segkit.build import Build, build
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
from segkit.conditions import AllOf, AnyOf, Condition, Not
from segkit.data.dataset import Dataset
from segkit.data.load import load
from segkit.data.sample import write_sample
from segkit.errors import DataError, DefinitionError, FileError, SegkitError, SegkitWarning
from segkit.explain import explain
from segkit.membership import members, membership
from segkit.parameters import Choice, Parameter, Range, StartsAt, builder, parameters
from segkit.phrases import (
    beyond,
    can_receive,
    cannot_receive,
    did,
    did_not,
    has,
    in_list,
    in_region,
    is_not_set,
    is_set,
    not_in_list,
    not_in_region,
    not_phone_country,
    phone_country,
    spent,
    within,
)
from segkit.segment import Segment

__all__ = [
    # a shop
    "load",
    "Dataset",
    "write_sample",
    # what a segment says
    "Segment",
    "did",
    "did_not",
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
    "AllOf",
    "AnyOf",
    "Not",
    "Condition",
    "explain",
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
    "Recommended",
    "starting_values",
    # builders of one's own
    "builder",
    "Range",
    "Choice",
    "StartsAt",
    "Parameter",
    "parameters",
    # who is in it
    "membership",
    "members",
    "sizes",
    "overlap",
    "intersections",
    "why",
    "sweep",
    "distribution",
    "Distribution",
    # who is sent to
    "audience",
    "SmsAudience",
    "write_members",
    "build",
    "Build",
    # what can go wrong
    "SegkitError",
    "DefinitionError",
    "DataError",
    "FileError",
    "SegkitWarning",
]

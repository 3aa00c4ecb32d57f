from segkit import charts as charts
from segkit import widgets as widgets
from segkit.analysis.agreement import (
    Agreement as Agreement,
)
from segkit.analysis.agreement import (
    compare_members as compare_members,
)
from segkit.analysis.distribution import (
    Distribution as Distribution,
)
from segkit.analysis.distribution import (
    distribution as distribution,
)
from segkit.analysis.overlap import (
    intersections as intersections,
)
from segkit.analysis.overlap import (
    overlap as overlap,
)
from segkit.analysis.places import places as places
from segkit.analysis.recommended import (
    Recommended as Recommended,
)
from segkit.analysis.recommended import (
    recommended as recommended,
)
from segkit.analysis.sizes import sizes as sizes
from segkit.analysis.starting import starting_values as starting_values
from segkit.analysis.sweep import sweep as sweep
from segkit.analysis.why import why as why
from segkit.builders import (
    engagement_tracks as engagement_tracks,
)
from segkit.builders import (
    former_vip as former_vip,
)
from segkit.builders import (
    lapsed_customers as lapsed_customers,
)
from segkit.builders import (
    prefers_sms as prefers_sms,
)
from segkit.builders import (
    sms_budget_shoppers as sms_budget_shoppers,
)
from segkit.builders import (
    sms_country as sms_country,
)
from segkit.builders import (
    sms_delivery_errors as sms_delivery_errors,
)
from segkit.builders import (
    sms_engaged as sms_engaged,
)
from segkit.builders import (
    sms_gender as sms_gender,
)
from segkit.builders import (
    sms_nearby as sms_nearby,
)
from segkit.builders import (
    sms_preference as sms_preference,
)
from segkit.builders import (
    sms_property as sms_property,
)
from segkit.builders import (
    sms_subscribers as sms_subscribers,
)
from segkit.builders import (
    sms_vip as sms_vip,
)
from segkit.command.build import Build as Build
from segkit.command.build import build as build
from segkit.definition.conditions import (
    AllOf as AllOf,
)
from segkit.definition.conditions import (
    AnyOf as AnyOf,
)
from segkit.definition.conditions import (
    Condition as Condition,
)
from segkit.definition.conditions import (
    FunnelStep as FunnelStep,
)
from segkit.definition.conditions import (
    Not as Not,
)
from segkit.definition.difference import (
    Difference as Difference,
)
from segkit.definition.difference import (
    diff as diff,
)
from segkit.definition.explain import explain as explain
from segkit.definition.parameters import (
    Choice as Choice,
)
from segkit.definition.parameters import (
    Parameter as Parameter,
)
from segkit.definition.parameters import (
    Range as Range,
)
from segkit.definition.parameters import (
    StartsAt as StartsAt,
)
from segkit.definition.parameters import (
    builder as builder,
)
from segkit.definition.parameters import (
    parameters as parameters,
)
from segkit.definition.phrases import (
    beyond as beyond,
)
from segkit.definition.phrases import (
    can_receive as can_receive,
)
from segkit.definition.phrases import (
    cannot_receive as cannot_receive,
)
from segkit.definition.phrases import (
    did as did,
)
from segkit.definition.phrases import (
    did_in_order as did_in_order,
)
from segkit.definition.phrases import (
    did_not as did_not,
)
from segkit.definition.phrases import (
    did_on_days as did_on_days,
)
from segkit.definition.phrases import (
    has as has,
)
from segkit.definition.phrases import (
    in_list as in_list,
)
from segkit.definition.phrases import (
    in_region as in_region,
)
from segkit.definition.phrases import (
    in_segment as in_segment,
)
from segkit.definition.phrases import (
    is_not_set as is_not_set,
)
from segkit.definition.phrases import (
    is_set as is_set,
)
from segkit.definition.phrases import (
    no_step as no_step,
)
from segkit.definition.phrases import (
    not_in_list as not_in_list,
)
from segkit.definition.phrases import (
    not_in_region as not_in_region,
)
from segkit.definition.phrases import (
    not_phone_country as not_phone_country,
)
from segkit.definition.phrases import (
    phone_country as phone_country,
)
from segkit.definition.phrases import (
    spent as spent,
)
from segkit.definition.phrases import (
    step as step,
)
from segkit.definition.phrases import (
    within as within,
)
from segkit.definition.segment import Segment as Segment
from segkit.definition.segment import resolve_segments as resolve_segments
from segkit.definition.text.segment_files import load_segments as load_segments
from segkit.engine.load import load as load
from segkit.engine.membership import members as members
from segkit.engine.membership import membership as membership
from segkit.engine.memory.dataset import Dataset as Dataset
from segkit.errors import (
    AccountError as AccountError,
)
from segkit.errors import (
    DataError as DataError,
)
from segkit.errors import (
    DefinitionError as DefinitionError,
)
from segkit.errors import (
    FileError as FileError,
)
from segkit.errors import (
    SegkitError as SegkitError,
)
from segkit.errors import (
    SegkitWarning as SegkitWarning,
)
from segkit.klaviyo import account as account
from segkit.klaviyo.account_names import AccountNames as AccountNames
from segkit.klaviyo.definitions import (
    from_klaviyo as from_klaviyo,
)
from segkit.klaviyo.definitions import (
    segments_from_klaviyo as segments_from_klaviyo,
)
from segkit.klaviyo.definitions import (
    to_klaviyo as to_klaviyo,
)
from segkit.klaviyo.import_check import check_import as check_import
from segkit.sample import write_sample as write_sample
from segkit.sending.audience import (
    SmsAudience as SmsAudience,
)
from segkit.sending.audience import (
    audience as audience,
)
from segkit.sending.audience import (
    write_members as write_members,
)

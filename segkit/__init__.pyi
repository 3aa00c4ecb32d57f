from segkit import account as account
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
from segkit.audience import (
    SmsAudience as SmsAudience,
)
from segkit.audience import (
    audience as audience,
)
from segkit.audience import (
    write_members as write_members,
)
from segkit.build import (
    Build as Build,
)
from segkit.build import (
    build as build,
)
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
from segkit.conditions import (
    AllOf as AllOf,
)
from segkit.conditions import (
    AnyOf as AnyOf,
)
from segkit.conditions import (
    Condition as Condition,
)
from segkit.conditions import (
    FunnelStep as FunnelStep,
)
from segkit.conditions import (
    Not as Not,
)
from segkit.data.dataset import Dataset as Dataset
from segkit.data.load import load as load
from segkit.data.sample import write_sample as write_sample
from segkit.difference import (
    Difference as Difference,
)
from segkit.difference import (
    diff as diff,
)
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
from segkit.explain import explain as explain
from segkit.import_check import check_import as check_import
from segkit.membership import (
    members as members,
)
from segkit.membership import (
    membership as membership,
)
from segkit.parameters import (
    Choice as Choice,
)
from segkit.parameters import (
    Parameter as Parameter,
)
from segkit.parameters import (
    Range as Range,
)
from segkit.parameters import (
    StartsAt as StartsAt,
)
from segkit.parameters import (
    builder as builder,
)
from segkit.parameters import (
    parameters as parameters,
)
from segkit.phrases import (
    beyond as beyond,
)
from segkit.phrases import (
    can_receive as can_receive,
)
from segkit.phrases import (
    cannot_receive as cannot_receive,
)
from segkit.phrases import (
    did as did,
)
from segkit.phrases import (
    did_in_order as did_in_order,
)
from segkit.phrases import (
    did_not as did_not,
)
from segkit.phrases import (
    has as has,
)
from segkit.phrases import (
    in_list as in_list,
)
from segkit.phrases import (
    in_region as in_region,
)
from segkit.phrases import (
    is_not_set as is_not_set,
)
from segkit.phrases import (
    is_set as is_set,
)
from segkit.phrases import (
    no_step as no_step,
)
from segkit.phrases import (
    not_in_list as not_in_list,
)
from segkit.phrases import (
    not_in_region as not_in_region,
)
from segkit.phrases import (
    not_phone_country as not_phone_country,
)
from segkit.phrases import (
    phone_country as phone_country,
)
from segkit.phrases import (
    spent as spent,
)
from segkit.phrases import (
    step as step,
)
from segkit.phrases import (
    within as within,
)
from segkit.segment import Segment as Segment
from segkit.segment_files import load_segments as load_segments
from segkit.targets.account_names import AccountNames as AccountNames
from segkit.targets.klaviyo import (
    from_klaviyo as from_klaviyo,
)
from segkit.targets.klaviyo import (
    segments_from_klaviyo as segments_from_klaviyo,
)
from segkit.targets.klaviyo import (
    to_klaviyo as to_klaviyo,
)

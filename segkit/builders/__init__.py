"""Builders: functions that make ready-made segments from parameters. Each parameter can be a slider, and no builder reads data."""

from segkit.builders.engagement import (
    engagement_tracks,
    prefers_sms,
    sms_delivery_errors,
    sms_engaged,
    sms_subscribers,
)
from segkit.builders.people import sms_country, sms_gender, sms_nearby, sms_preference, sms_property
from segkit.builders.purchases import former_vip, lapsed_customers, sms_budget_shoppers, sms_vip

__all__ = [
    "engagement_tracks",
    "former_vip",
    "lapsed_customers",
    "prefers_sms",
    "sms_budget_shoppers",
    "sms_country",
    "sms_delivery_errors",
    "sms_engaged",
    "sms_gender",
    "sms_nearby",
    "sms_preference",
    "sms_property",
    "sms_subscribers",
    "sms_vip",
]

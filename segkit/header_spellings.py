"""List the headers under which a file's columns are accepted, for each canonical column name.

The canonical name itself is always accepted. `vocabulary.canonical_name` ignores case, surrounding blanks and the marks that spreadsheets leave.
`data/validation/near_columns.py` suggests a column for a header that is not listed.
"""

_SPELLINGS = {
    "profile_id": ("Profile ID", "Klaviyo ID", "$id", "id"),
    "email": ("Email", "Email Address", "$email"),
    "phone_number": ("Phone Number", "Phone", "$phone_number"),
    "external_id": ("External ID",),
    "first_name": ("First Name", "$first_name"),
    "last_name": ("Last Name", "$last_name"),
    "organization": ("Organization", "$organization"),
    "title": ("Title", "$title"),
    "locale": ("Locale",),
    "address1": ("Address", "Address 1", "$address1"),
    "address2": ("Address 2", "$address2"),
    "city": ("City", "$city"),
    "region": ("State / Region", "State/Region", "Region", "State", "$region"),
    "country": ("Country", "$country"),
    "zip": ("Zip Code", "Zip", "Postal Code", "$zip"),
    "latitude": ("Latitude", "$latitude"),
    "longitude": ("Longitude", "$longitude"),
    "timezone": ("Timezone", "Time Zone", "$timezone"),
    "ip": ("IP Address",),
    "created": ("Profile Created On", "Created"),
    "updated": ("Updated",),
    "sms_consent": (
        "SMS Marketing Consent",
        "SMS Consent",
        "sms_marketing_consent",
        "subscriptions_sms_marketing_consent",
    ),
    "sms_consent_timestamp": (
        "SMS Marketing Consent Timestamp",
        "SMS Consent Timestamp",
        "SMS Marketing Timestamp",
        "sms_marketing_consent_timestamp",
        "subscriptions_sms_marketing_timestamp",
        "subscriptions_sms_marketing_consent_timestamp",
    ),
    "can_receive_sms_marketing": (
        "sms_marketing_can_receive_sms_marketing",
        "subscriptions_sms_marketing_can_receive_sms_marketing",
    ),
    "email_consent": (
        "Email Marketing Consent",
        "Email Consent",
        "email_marketing_consent",
        "subscriptions_email_marketing_consent",
    ),
    "email_consent_timestamp": (
        "Email Marketing Consent Timestamp",
        "Email Consent Timestamp",
        "email_marketing_consent_timestamp",
        "subscriptions_email_marketing_timestamp",
        "subscriptions_email_marketing_consent_timestamp",
    ),
    "email_suppressed": ("Email Suppressions", "Email Suppressed"),
    "email_suppressed_timestamp": ("Email Suppressions Timestamp",),
    "historic_clv": ("Historic Customer Lifetime Value",),
    "predicted_clv": ("Predicted Customer Lifetime Value",),
    "total_clv": ("Total Customer Lifetime Value",),
    "historic_number_of_orders": ("Historic Number Of Orders",),
    "predicted_number_of_orders": ("Predicted Number Of Orders",),
    "average_days_between_orders": ("Average Days Between Orders",),
    "average_order_value": ("Average Order Value",),
    "churn_probability": ("Churn Risk Prediction",),
    "expected_date_of_next_order": ("Expected Date Of Next Order",),
    "predicted_gender": ("Predicted Gender",),
}
PROFILE_SPELLINGS = {spelling.casefold(): name for name, spellings in _SPELLINGS.items() for spelling in spellings}
"""Maps headers of Klaviyo's exports and of its tables in a warehouse, in lower case, to canonical names.

They come from real exports, since the help page is not public, and from the schemas of connectors.
"""

EVENT_SPELLINGS = {
    "profile id": "profile_id",
    "klaviyo id": "profile_id",
    "metric name": "metric",
    "event": "metric",
    "timestamp": "datetime",
    "time": "datetime",
    "date": "datetime",
    "$value": "value",
}
LIST_SPELLINGS = {"profile id": "profile_id", "list": "list_id", "list name": "list_id", "joined_group_at": "joined"}
PLACE_SPELLINGS = {
    "zip": "postal_code",
    "postal code": "postal_code",
    "lat": "latitude",
    "lon": "longitude",
    "lng": "longitude",
}

SPELLINGS = {
    "profiles": PROFILE_SPELLINGS,
    "events": EVENT_SPELLINGS,
    "lists": LIST_SPELLINGS,
    "places": PLACE_SPELLINGS,
}

SELECT
  people.profile_id
FROM analytics.segkit.profiles AS profiles
JOIN analytics.segkit.people AS people
  ON people.profile = profiles.profile
LEFT JOIN analytics.segkit.profile_property_2 AS property_2_values
  ON property_2_values.code = profiles.property_2
LEFT JOIN analytics.segkit.profile_property_12 AS property_12_values
  ON property_12_values.code = profiles.property_12
LEFT JOIN analytics.segkit.profile_property_15 AS property_15_values
  ON property_15_values.code = profiles.property_15
LEFT JOIN (
  SELECT
    code,
    MAX(CASE WHEN text = 'sale alerts' THEN 1 ELSE 0 END) AS has_1
  FROM analytics.segkit.profile_property_15_items AS profile_property_15_items
  GROUP BY
    code
) AS property_15_lists
  ON property_15_lists.code = profiles.property_15
LEFT JOIN analytics.segkit.profile_property_16 AS property_16_values
  ON property_16_values.code = profiles.property_16
WHERE
  LEFT(property_2_values.text, 2) = 'Bo'
  AND property_12_values.number >= 18.0
  AND NOT COALESCE(
    NOT property_15_values.items IS NULL AND COALESCE(property_15_lists.has_1, 0) = 1,
    FALSE
  )
  AND property_16_values.month_day IN (
    701,
    702,
    703,
    704,
    705,
    706,
    707,
    708,
    709,
    710,
    711,
    712,
    713,
    714,
    715,
    716,
    717,
    718,
    719,
    720,
    721,
    722,
    723,
    724,
    725,
    726,
    727,
    728,
    729,
    730
  )
  AND NOT profiles.property_0 IS NULL
  AND NOT COALESCE(property_2_values.text RLIKE '\\A(?d)(?:B.*n)\\z', FALSE)
ORDER BY
  profiles.profile

"""Download a live Klaviyo account into files (`pull`), and create or update its segments (`push`)."""

from segkit.klaviyo.account.client import Account
from segkit.klaviyo.account.pull import pull
from segkit.klaviyo.account.pull_files import Pulled
from segkit.klaviyo.account.push import Change, Push, push

__all__ = ["Account", "Change", "Pulled", "Push", "pull", "push"]

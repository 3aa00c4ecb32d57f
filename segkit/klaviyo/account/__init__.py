"""A live Klaviyo account, by way of its official client: what it holds comes down as files, and segments go up."""

from segkit.klaviyo.account.client import Account
from segkit.klaviyo.account.pull import pull
from segkit.klaviyo.account.pull_files import Pulled
from segkit.klaviyo.account.push import Change, Push, push

__all__ = ["Account", "Change", "Pulled", "Push", "pull", "push"]

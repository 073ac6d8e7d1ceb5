"""The policy of one account, for tests of what is judged and asked by it."""

from __future__ import annotations

from typing import Any

from mediawatch.domain import Filing
from mediawatch.rules.account_policy import AccountPolicy, account_policy
from mediawatch.rules.policy import Policy, load, parse


def own(policy: Policy, **filed: Any) -> AccountPolicy:
    """The policy of an account that is filed so; a plain account of 微博 where nothing is said."""
    return account_policy(policy, Filing(**({"name": "示例发布", "platform": "weibo"} | filed)))


def with_exceptions(toml: str, base: str = "national") -> Policy:
    """A shipped policy under another name, with tables `[[for]]` before its own."""
    text = load(base).toml.replace(f'name = "{base}"', 'name = "ours"')
    title = next(line for line in text.splitlines() if line.startswith("title ="))
    own = text.replace(title, 'title = "本单位口径"')
    return parse(own.replace("\n[[for]]", f"\n{toml}\n[[for]]", 1))

"""Options that are given twice although one value alone can count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any


def repeated_option(ctx: Any, words: Sequence[str]) -> str:
    """An option that stands twice in the words after a command, its subcommands' included; or "".

    The last of its values would count, and the others be dropped without a word. Raises what the
    parser raises for words that cannot be read.
    """
    command = ctx.command
    _, rest, order = command.make_parser(ctx).parse_args(list(words))
    for param, count in Counter(order).items():
        if count > 1 and _takes_one(param):
            return max(param.opts, key=len)  # type: ignore[no-any-return]
    inner = command.get_command(ctx, rest[0]) if rest and hasattr(command, "get_command") else None
    if inner is None:
        return ""
    return repeated_option(inner.context_class(inner, parent=ctx), rest[1:])


def _takes_one(param: Any) -> bool:
    return param.param_type_name == "option" and not (
        param.multiple or param.is_flag or param.count
    )

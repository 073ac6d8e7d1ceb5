"""How people name the findings that they decide on, and how those names are read."""

from __future__ import annotations

from dataclasses import replace

from mediawatch.app import App
from mediawatch.app.judged import judged_scope
from mediawatch.cli.out import tell_additions
from mediawatch.domain import (
    PLATFORM_LABELS,
    Code,
    Sweep,
    UserError,
)
from mediawatch.people.suspects import Suspect, SuspectFilter, suspects
from mediawatch.ports import Rejudgement
from mediawatch.registry.find import find_account
from mediawatch.sweep.judging import checks_for


async def load_suspects(app: App, sweep: Sweep) -> tuple[list[Suspect], Rejudgement]:
    judged = await judged_scope(app, sweep)
    tell_additions(judged)
    return await suspects(
        app.store, sweep, judged.entries, await checks_for(app.store, sweep)
    ), judged.rejudged


def refuse_unversioned(texts: list[str], found: list[Suspect]) -> None:
    """UserError for a finding without the version that was shown, or with an outdated one."""
    for text in texts:
        key, at, _ = text.partition("@")
        meant = next((suspect for suspect in found if suspect.key == key), None)
        if meant is None or text == meant.versioned_key:
            continue
        why = "the finding has changed since" if at else "name the version that you decide on"
        raise UserError(f"{text}: {why}, it is {meant.versioned_key} now: {meant.finding.sentence}")


def surface_labels_of(app: App, found: list[Suspect]) -> dict[str, str]:
    return app.surface_labels({suspect.account.platform for suspect in found})


def resolve_surface(app: App, wanted: SuspectFilter) -> SuspectFilter:
    """The filter with a surface by the name that sights have; lists print its Chinese.

    UserError where the surface is unknown.
    """
    labels = app.surface_labels(PLATFORM_LABELS)
    name = {label: name for name, label in labels.items()}.get(wanted.surface, wanted.surface)
    if name and name not in labels:
        raise UserError(f"--surface: no surface {name!r}: give one of {', '.join(labels.values())}")
    return replace(wanted, surface=name)


def refuse_accounts(keys: list[str], found: list[Suspect]) -> None:
    """UserError where an account stands for its findings: findings are confirmed by their shown
    name."""
    for key in keys:
        if meant := [suspect.versioned_key for suspect in found if str(suspect.account.id) == key]:
            raise UserError(
                f"account {key}: name the version that you decide on, it is {', '.join(meant)} now"
            )


async def find_keys(app: App, texts: list[str]) -> list[str]:
    """Read the keys that people typed: a finding as listed, or any word for an account."""
    accounts = await app.store.accounts.all(include_retired=True)
    keys = []
    for text in texts:
        account, slash, rest = text.rpartition("/")
        code, at, version = rest.partition("@")
        if slash and _is_code(code):
            keys.append(f"{find_account(accounts, account).id}/{code}{at}{version}")
        elif slash and any(account == str(each.id) for each in accounts):
            raise UserError(
                f"account {account} can have no finding {code!r}: the codes are {', '.join(Code)}"
            )
        else:
            keys.append(str(find_account(accounts, text).id))
    return keys


def _is_code(text: str) -> bool:
    try:
        return bool(Code(text))
    except ValueError:
        return False


def pick_named(found: list[Suspect], keys: list[str]) -> list[Suspect]:
    """UserError where a key names nothing."""
    for key in keys:
        if not any(SuspectFilter(keys=(key,)).takes(suspect) for suspect in found):
            raise UserError(f"no finding {key} in this sweep: `mediawatch review list` names them")
    return [suspect for suspect in found if SuspectFilter(keys=tuple(keys)).takes(suspect)]

"""人工检查: why an answer is refused for what else is kept, of other accounts and persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain

from mediawatch.articles import article_of
from mediawatch.domain import Account, Code, Evidence, EvidenceKind, ProblemAnswer, Reading
from mediawatch.names import same_person, surely_same_person
from mediawatch.people.forms.problem_columns import ProblemColumn
from mediawatch.people.worklist.identity import IdKind, link_ids, own_ids
from mediawatch.people.worklist.problem_answer import GivenProblem, ProblemFault
from mediawatch.people.worklist.todo import account_links
from mediawatch.ports import Store
from mediawatch.rules.problem_things import NEEDS_WORDS, is_particular, named_thing, thing_of
from mediawatch.rules.repost_links import post_key

UNTIED = "没有所见ID或所见名称，不能证明看的是该账号：不作为正常使用或已整改的依据"
"""What is told of 未见 that nothing ties to the account."""


class FiledPages:
    """Which accounts are filed with an id or a link. A nation's are listed once for all answers."""

    def __init__(self, filed_now: Mapping[int, Account]) -> None:
        """`filed_now`: all accounts by number."""
        self.filed_now = filed_now

    def holders(self, link: str, platform: str) -> set[int]:
        """The accounts that have the link, or an id that it shows."""
        shown = (self._by_id.get(one.key, ()) for one in link_ids(link, platform))
        return {*self._by_link.get(post_key(link), ()), *chain.from_iterable(shown)}

    @cached_property
    def _by_id(self) -> Mapping[tuple[IdKind, str], list[int]]:
        found: dict[tuple[IdKind, str], list[int]] = defaultdict(list)
        for account in self.filed_now.values():
            for one in own_ids(account.filed, ()):
                found[one.key].append(account.id)
        return found

    @cached_property
    def _by_link(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for account in self.filed_now.values():
            for link in account_links(account, ()):
                found[post_key(link)].append(account.id)
        return found


async def link_faults(
    store: Store, account: Account, given: GivenProblem, pages: FiledPages
) -> list[ProblemFault]:
    """Refuses the page or post of another account, as far as anything kept tells whose it is."""
    if not given.link:
        return []
    own, key = pages.filed_now.get(account.id, account), post_key(given.link)
    own_posts = (await store.readings.post_links([account.id])).get(account.id, set())
    if key in {post_key(link) for link in (*own_posts, *account_links(own, ()))}:
        return []
    posted = await store.readings.post_owners({given.link, article_of(given.link)} - {""})
    holders = pages.holders(given.link, account.platform).union(*posted.values())
    others = (pages.filed_now.get(number) for number in sorted(holders - {account.id}))
    for other in filter(None, others):
        if other.platform == account.platform and not set(own.filed.ids) & set(other.filed.ids):
            words = f"该链接是另一个账号“{other.filed.name}”的：请填写问题所在的页面"
            return [(ProblemColumn.LINK, words)]
    return []


def with_confirmed_words(
    given: GivenProblem, looks: Sequence[Reading]
) -> GivenProblem | ProblemFault:
    """The answer with the words of another person whom it confirms, or why it names nothing.

    `looks`: what was said of this kind and stands. Two persons must have found the same thing.
    """
    if not given.accuses or not is_particular(given.code) or (given.words and not given.same_as):
        return given
    others = [
        look
        for look in looks
        if look.problem
        and look.problem.answer is ProblemAnswer.FOUND
        and look.problem.words
        and not same_person(look.by, given.person)
    ]
    meant = {
        thing_of(look): look.problem
        for look in others
        if look.problem
        and (
            surely_same_person(look.by, given.same_as)
            if given.same_as
            else f"（{_folded(look.problem.words)}）" in _folded(given.shown)
        )
    }
    # An item of a repost task is named without words.
    named = bool(given.words) or given.task is not None
    if named and _thing(given) in meant:
        return given
    if len(meant) == 1 and not named:
        first = next(iter(meant.values()))
        return replace(given, words=first.words, task=first.task, item=first.item)
    if given.task is not None and not given.same_as:
        return given
    if given.same_as or (others and not given.words):
        return (
            ProblemColumn.WORDS,
            "请写明看到的是哪一处；与他人所见是同一处的，请照写他人的“具体情况”",
        )
    if given.code in NEEDS_WORDS:
        return ProblemColumn.WORDS, f"“存在”必须写明具体情况：{_WHAT[given.code]}"
    return given


def _thing(given: GivenProblem) -> str:
    return named_thing(given.code, given.words, given.task, given.item)


_WHAT = {
    Code.WRONG_WORDS: "错误的文字及正确写法",
    Code.ADVERTISING: "广告的内容",
}


def _folded(text: str) -> str:
    return "".join(text.translate(_BRACKETS).split())


_BRACKETS = str.maketrans("()", "（）")


def other_thing(given: GivenProblem, looks: Sequence[Reading]) -> str:
    """Tells the person that he found another thing than who looked before; "" where he did not."""
    found = [
        look
        for look in looks
        if look.problem
        and look.problem.answer is ProblemAnswer.FOUND
        and not same_person(look.by, given.person)
    ]
    thing = _thing(given)
    if not given.accuses or not found or thing in map(thing_of, found):
        return ""
    words = "、".join(f"{look.by}所见“{look.problem.words}”" for look in found if look.problem)
    return f"与{words}不是同一处，另待第二人核查"


def pictured_by(
    given: GivenProblem, looks: Sequence[Reading], read: Callable[[Evidence], bytes]
) -> str:
    """Who handed a picture of the answer in before, compressed anew or not; "" for nobody else.

    `read`: `EvidenceFolder.read`.
    """
    # Imported here: it comes with the decoders of pictures.
    from mediawatch.workbooks.pixels import is_same_picture

    digests = {shot.sha256 for shot in given.good_shots}
    for look in looks:
        if same_person(look.by, given.person):
            continue
        pictures = [item for item in look.evidence if item.kind is EvidenceKind.PICTURE]
        if digests & {item.sha256 for item in pictures} or any(
            is_same_picture(shot.body, body)
            for body in map(read, pictures)
            for shot in given.good_shots
        ):
            return look.by
    return ""


def doubtful_person(given: GivenProblem, looks: Sequence[Reading]) -> Iterator[ProblemFault]:
    """Refuses a second person whose name does not surely tell him from the first one."""
    found = (look for look in looks if look.problem and look.problem.answer is ProblemAnswer.FOUND)
    doubtful = next(
        (
            look.by
            for look in found
            if same_person(look.by, given.person) and not surely_same_person(look.by, given.person)
        ),
        "",
    )
    if given.accuses and doubtful:
        yield (
            ProblemColumn.PERSON,
            f"与已检查的“{doubtful}”姓名互相包含，不能确定是另一人：本人再次检查的，请按原样填写；"
            "由另一人核查的，请由姓名明显不同的人员检查",
        )


def answers_of(person: str, looks: Sequence[Reading]) -> list[Reading]:
    """What a person said and did not take back since, in the order in which he said it."""
    standing: list[Reading] = []
    for look in sorted(looks, key=lambda each: each.id):
        if surely_same_person(look.by, person):
            standing = [] if _is_withdrawal(look) else [*standing, look]
    return standing


def _is_withdrawal(look: Reading) -> bool:
    return look.problem is not None and look.problem.answer is ProblemAnswer.WITHDRAWN

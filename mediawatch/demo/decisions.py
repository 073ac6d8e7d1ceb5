"""Fourth chapter: a named reviewer decides, but never confirms what rests on their own look."""

from __future__ import annotations

from collections.abc import Sequence

from mediawatch.demo.scene import PERSON, REVIEWER, Named, Scene, name_of
from mediawatch.domain import Effect, ReviewAction, UserError
from mediawatch.people.review import CONFIRM_REASON, ReviewDecision, leads_on, refusals
from mediawatch.people.suspects import Suspect
from mediawatch.plurals import agree, count_of

_DISMISSED = ReviewDecision(
    ReviewAction.DISMISSED, REVIEWER, "重新查看手机端，监测期内有推送，首次核查看漏。"
)
_CONFIRMED = ReviewDecision(ReviewAction.CONFIRMED, REVIEWER, CONFIRM_REASON)


async def decide(scene: Scene, overlooked: Sequence[Named]) -> None:
    """Decide on all findings.

    What units agreed to is confirmed at once, the rest one by one. A finding that a person caused
    by an oversight, and that no link has settled, is dismissed.
    """
    found = [each for each in await scene.suspects() if each.finding.effect is not Effect.HINT]
    own = [
        each
        for each in found
        if ReviewDecision(ReviewAction.CONFIRMED, PERSON, CONFIRM_REASON).refusal(each)
    ]
    if own:
        scene.tell(
            f"review: {PERSON} may confirm {len(found) - len(own)} of {count_of(len(found), 'finding')}, "
            f"{len(own)} {agree(len(own), 'rests', 'rest')} on the same person's look"
        )
    wrong = [
        each
        for each in found
        if name_of(each) in overlooked and leads_on(each, ReviewAction.DISMISSED)
    ]
    left = [each for each in found if leads_on(each, ReviewAction.CONFIRMED) and each not in wrong]
    apart = refusals(left, found, _CONFIRMED, frozenset())
    agreed = [each for each in left if each.key not in apart]
    await _note(scene, _CONFIRMED, agreed)
    for each in left:
        if each.key in apart:
            if why := refusals([each], found, _CONFIRMED, frozenset({each.key})):
                raise UserError(f"the demonstration's own decision was refused: {why}")
            await _note(scene, _CONFIRMED, [each])
    await _note(scene, _DISMISSED, wrong)
    scene.tell(
        f"{REVIEWER}: {len(left)} confirmed ({len(agreed)} that units agreed to, {len(apart)} "
        f"one by one), {len(wrong)} dismissed"
    )


async def _note(scene: Scene, made: ReviewDecision, found: Sequence[Suspect]) -> None:
    events = [made.of(each, scene.app.clock()) for each in found]
    await scene.app.store.reviews.add(scene.sweep.id, events, after=await scene.newest_event())

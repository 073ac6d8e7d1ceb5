"""Fourth chapter: a named reviewer decides; nobody confirms what rests on their own look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mediawatch.demo.scene import PERSON, REVIEWER, Named, Scene, named
from mediawatch.domain import Effect, ReviewAction
from mediawatch.review import CONFIRM_REASON, event_of, leads_on, refusal

_DISMISSED = "重新查看手机端，监测期内有推送，首次核查看漏。"


async def decide(scene: Scene, overlooked: Sequence[Named]) -> None:
    """Confirm what is left, and dismiss what a person overlooked and no link has settled."""
    found = [each for each in await scene.suspects() if each.finding.effect is not Effect.HINT]
    own = [each for each in found if refusal(each, ReviewAction.CONFIRMED, PERSON, CONFIRM_REASON)]
    if own:
        scene.tell(
            f"review: {PERSON} may confirm {len(found) - len(own)} of {len(found)} findings, {len(own)} rest on the same person's look"
        )
    events = []
    for each in found:
        wrong = named(each) in overlooked
        action = ReviewAction.DISMISSED if wrong else ReviewAction.CONFIRMED
        if leads_on(each, action):
            reason = _DISMISSED if wrong else CONFIRM_REASON
            events.append(event_of(each, action, by=REVIEWER, at=scene.app.clock(), reason=reason))
    await scene.app.store.note_reviews(scene.sweep.id, events, after=await scene.newest_event())
    done = Counter(event.action for event in events)
    scene.tell(f"{REVIEWER}: " + ", ".join(f"{count} {action.value}" for action, count in done.items()))

"""People who look for problems in a made-up inspection (人工检查)."""

from __future__ import annotations

from typing import Any

from worklists import AS_OF, DAY, GH, NOW, Inspection, judged_by, png

from mediawatch.domain import Code, ProblemAnswer
from mediawatch.people.forms.pictures import Shot
from mediawatch.people.worklist.problem_answer import GivenProblem
from mediawatch.people.worklist.problem_intake import ProblemIntake, ProblemReceipt

SITES = {"wechat": ("mp.weixin.qq.com",), "weibo": ("weibo.com",)}
AT = AS_OF + 2 * DAY


def shot(colour: int) -> Shot:
    return Shot("图.png", png(colour))


def given(person: str = "甲某", **more: Any) -> GivenProblem:
    """An answer without a fault about the first account of an inspection."""
    colour = {"甲某": 10, "乙某": 20}.get(person, 30)
    values: dict[str, Any] = {
        "code": Code.INTERACTION_POOR, "answer": ProblemAnswer.FOUND, "person": person, "read_at": AT,
        "words": "评论区关闭", "seen_id": GH, "shots": (shot(colour),),
    }  # fmt: skip
    return GivenProblem(**{**values, **more})


async def intake_of(inspection: Inspection) -> ProblemIntake:
    intake = ProblemIntake(
        inspection.store,
        await judged_by(inspection.store, inspection.sweep),
        NOW,
        inspection.evidence.keep,
        lambda platform: SITES.get(platform, ()),
        inspection.evidence.read,
    )
    await intake.load()
    return intake


async def give(
    inspection: Inspection, one: GivenProblem, number: int = 1, **more: Any
) -> ProblemReceipt:
    intake = await intake_of(inspection)
    return await intake.take(await inspection.account(number), one, **more)

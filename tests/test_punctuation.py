"""Chinese that people read has full-width punctuation, wherever in the product it stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediawatch.rules.policy import load, shipped_policies
from mediawatch.typesetting import typeset

ROOT = Path(__file__).resolve().parents[1]
_HAN = "\u3400-\u9fff“”、。，；：？！（）《》"
_NARROW = re.compile(rf"(?<=[{_HAN}])[,;:?!()]|[,;:?!()](?=[{_HAN}])")
_WORD = re.compile("[\u3400-\u9fff。]")
_ENGLISH = re.compile(
    r"\b(?:[Tt]he|an?|of|is|are|its?|be|by|to|and|or|not?|with|which|was|were|in|on|at|for|who|"
    r"what|where|only|more|each|this|that|one|from|as|until|them|given|name|default|every|there|"
    r"nobody|has|have|hidden|write|give|holds?|how|whose|so|than|some|text|noted|[A-Z][a-z]+ [a-z]+)\b"
)
"""A sentence with such a word is English: its marks are its own, whatever it quotes."""
_PATTERN = re.compile(r"\(\?[:P<=!]|\\[dswb]|\[[\^,:、]|\.[*{]")
"""What only a regular expression has."""
ALLOWED = {
    "成文日期, 2023-02-09.": "English help",
    "运行状态: running, closing, closed, deregistered": "English description of a field",
    "甲,乙": "typed on a command line",
    " T,日": "signs that are cut off a typed time",
    "(空)": "a cell's word, compared without its width",
    ",，;；": "marks that are cut in a printed list of problems",
    "\"'“”‘’`´「」『』《》〈〉<>()（）[]【】{}〔〕": "marks that names are compared without",
    "。；;.": "ends that are cut off people's words",
    "；合计扣(□)分": "a regular expression",
    "。.，,；;": "ends of people's words that are compared without them",
    "^[(（][一二三四五六七八九十]+[)）]": "a regular expression",
    "([上下])半年": "a regular expression",
    "([一二三四1-4])季度": "a regular expression",
    "得分|分数|扣分|总分|率$|率[((]|比$|环比|同比|增长|增幅|增减|降幅|比例|平均|均值|[((]万|万[人次条)]": "a regular expression",
    "^□?(□)。": "a regular expression",
    "□ (认证 □)": "within an English detail",
    "按?系统(归口|统计|管理)?": "a regular expression",
    "自治州|地区|盟|设区的?市|地级市|地市": "a regular expression",
}


def narrow_in(source: str) -> list[str]:
    """The Chinese texts of a module that have narrow marks. A placeholder is □."""
    return [
        text
        for text in _texts(ast.parse(source))
        if _WORD.search(text)
        and _NARROW.search(text)
        and not _ENGLISH.search(text)
        and not _PATTERN.search(text)
    ]


def _texts(tree: ast.Module) -> Iterator[str]:
    told: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            told.add(id(node.value))  # a docstring
        elif isinstance(node, ast.JoinedStr):
            told |= {id(part) for part in node.values}
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "□" for part in node.values
            )
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
        ):
            yield node.value


@pytest.mark.parametrize("package", ["mediawatch", "scrapers", "db"])
def test_chinese_texts_have_wide_marks(package: str) -> None:
    """The replica speaks as the sites do, and the migrations as they were."""
    left = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted((ROOT / package).rglob("*.py"))
        if not {"replica", "versions"} & set(path.parts)
        and _NARROW.search(source := path.read_text("utf-8"))
        for text in narrow_in(source)
        if text not in ALLOWED
    }
    assert left == set()


@pytest.mark.parametrize("ending", ["mediawatch/**/*.txt", "mediawatch/**/*.html", "db/**/*.sql"])
def test_other_files_that_people_read_have_wide_marks(ending: str) -> None:
    files = sorted(ROOT.glob(ending))
    assert files
    left = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in files
        for text in re.split(r"[\n'\"]|\{[^}]*\}", path.read_text("utf-8"))
        if _NARROW.search(text)
    ]
    assert left == []


@pytest.mark.parametrize("name", shipped_policies())
def test_a_policy_is_printed_with_wide_marks(name: str) -> None:
    policy = load(name)
    printed = [policy.title, policy.basis, *(rule.label for rule in policy.codes.values())]
    assert [text for text in printed if _NARROW.search(text)] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('x = "无链接,请搜索"', ["无链接,请搜索"]),
        ('x = f"名称(现为{y}):须核实"', ["名称(现为□):须核实"]),
        ("x = f\"正常{f',最近{day}' if day else ''}\"", [",最近□"]),
        ('"""甲,乙"""\nx = "无链接，见 http://a.cn:80/?x=1, 09:30"', []),
        ('x = "Check the kept evidence (佐证材料), and let it go."', []),
        ("x = re.compile(r'(\\d+)\\s*(秒|分钟)前')", []),
    ],
)
def test_narrow_marks_are_found_in_chinese_alone(source: str, found: list[str]) -> None:
    assert narrow_in(source) == found


def test_a_sentence_is_set_with_wide_marks() -> None:
    assert typeset("有无发布?有!(“甲,乙”)见 http://a.cn:80/?x=1,09:30") == (
        "有无发布？有！（“甲,乙”）见 http://a.cn:80/?x=1,09:30"
    )

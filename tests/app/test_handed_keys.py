"""Keys that are void and offices with another name: what counts still, and what counts no more."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from commands import in_process
from handed_offices import SIGNED, LowerOffice, filed_in, settings_of, told_by
from offices import Office
from openpyxl import load_workbook

from mediawatch.domain import Code
from mediawatch.ops.signing import KEY_FILE, public_key

A, B = "长沙市", "株洲市"
ACCOUNTS = {place: [filed_in(place, first + each) for each in range(3)]
            for place, first in ((A, 1), (B, 11))}  # fmt: skip
OFFICE = 'issuer = "示例省政府办公厅"\nreach = "全省"\nlevel = "省"\n'


class Upper:
    """The office above, whose offices.toml is changed after files came in."""

    def __init__(self, root: Path) -> None:
        self.office = Office.of(root, *ACCOUNTS[A], *ACCOUNTS[B])
        (self.office.home.root / "office.toml").write_text(OFFICE, "utf-8")
        self._settings = self.office.home.root / "offices.toml"

    def list(self, *lower: LowerOffice) -> None:
        self._settings.write_text(settings_of(lower), "utf-8")

    def change(self, pattern: str, to: str) -> None:
        text = self._settings.read_text("utf-8")
        changed = re.sub(pattern, lambda _: to, text, count=1)
        assert changed != text
        self._settings.write_text(changed, "utf-8")

    def add(self, *files: Path, refused: bool = False) -> str:
        done = in_process("--home", self.office.home.root, "collect", "add", "--by", "丙某", *files)
        assert done.returncode == (1 if refused else 0), done.stderr + done.stdout
        return done.stdout + done.stderr

    @property
    def status(self) -> str:
        target = self.office.home.root.parent / "催报.xlsx"
        done = self.office.run("collect", "status", "--out", target, "--force")
        rows = load_workbook(target)["报送情况"].iter_rows(min_row=3, values_only=True)
        return done.stderr + "\n".join(" ".join(map(str, row)) for row in rows)


@pytest.fixture
def upper(tmp_path: Path) -> Upper:
    return Upper(tmp_path)


@pytest.fixture
def lower(tmp_path: Path) -> LowerOffice:
    return LowerOffice(tmp_path, A)


def void(key: str, on: str) -> str:
    return f'revoked = [{{ key = "{key}", on = "{on}", reason = "电脑遗失" }}]'


KEYS = r"keys = .*"


def test_a_file_that_came_before_its_key_was_void_counts_and_says_so(
    upper: Upper, lower: LowerOffice
) -> None:
    upper.list(lower)
    files = lower.send(told_by(ACCOUNTS[A]))
    upper.add(*files)
    upper.change(KEYS, void(lower.key, "2099-01-01"))
    assert "签名公钥自2099年1月1日起作废（电脑遗失），文件在此前接收，仍计入" in upper.status
    target = upper.office.home.root.parent / "汇总.xlsx"
    done = upper.office.run("collect", "figures", "--out", target)
    assert f"{A}：签名公钥自2099年1月1日起作废（电脑遗失），文件在此前接收，仍计入" in done.stderr
    assert "nothing new" in upper.add(*files)
    assert "签名公钥自2099年1月1日起作废" in str(load_workbook(target)["自查统计表"]["A2"].value)


def test_what_came_since_its_key_was_void_counts_no_more(upper: Upper, lower: LowerOffice) -> None:
    upper.list(lower)
    files = lower.send(told_by(ACCOUNTS[A]))
    upper.add(*files)
    upper.change(KEYS, void(lower.key, "2023-01-01"))
    assert "签名公钥自2023年1月1日起作废（电脑遗失），文件于" in upper.office.refused(
        "collect", "figures"
    )
    assert "须重报" in upper.status
    assert "2023年1月1日起作废（电脑遗失），请用新公钥重新签名" in upper.add(*files, refused=True)


def test_a_file_signed_anew_by_the_new_key_takes_the_place_of_the_void_one(
    upper: Upper, lower: LowerOffice
) -> None:
    upper.list(lower)
    document = told_by(ACCOUNTS[A])
    upper.add(*lower.send(document))
    old, path = lower.key, lower.home / KEY_FILE
    path.unlink()
    lower.key = public_key(lower.home, make=True)
    upper.change(KEYS, f'keys = ["{lower.key}"]\n{void(old, "2023-01-01")}')
    again = lower.send(document, at=SIGNED + timedelta(days=1))
    assert "已接收" in upper.add(*again), "the same document, with another signature"
    assert "已报送" in upper.status.replace("逾期报送", "已报送")
    upper.office.run("collect", "figures")


@pytest.mark.parametrize(
    ("to", "says"),
    [
        (lambda key, other: f'keys = ["{other}"]', "已不在登记之列，又未写明何时、因何作废"),
        (
            lambda key, other: f'keys = ["{other}"]\n[[office]]\nname = "{B}"\nkeys = ["{key}"]',
            f"签名公钥登记在{B}名下",
        ),
    ],
)
def test_a_key_that_is_gone_without_a_word_vouches_for_nothing(
    upper: Upper, lower: LowerOffice, to: Callable[[str, str], str], says: str, tmp_path: Path
) -> None:
    upper.list(lower)
    upper.add(*lower.send(told_by(ACCOUNTS[A])))
    upper.change(KEYS, to(lower.key, LowerOffice(tmp_path, "丁市").key))
    assert says in upper.office.refused("collect", "figures")
    assert says in upper.status
    assert "须重报" not in upper.status, "what we left unsaid is no fault of the office"


def test_without_keys_a_folder_is_no_ground_for_whom_a_key_was_taken_from(
    upper: Upper, lower: LowerOffice
) -> None:
    upper.list(lower)
    upper.change(KEYS, f'folder = "{lower.folder}"\n{void(lower.key, "2023-01-01")}')
    files = lower.send(told_by(ACCOUNTS[A]), signed=False)
    assert "没有签名" in upper.add(*files, refused=True)


def test_the_files_of_an_office_follow_its_new_name(upper: Upper, lower: LowerOffice) -> None:
    upper.list(lower)
    first = lower.send(told_by(ACCOUNTS[A], {0: Code.STALE_2W}), "一.json")
    upper.add(*first)
    upper.change(f'name = "{A}"', 'name = "星沙市"')
    assert "former_names" in upper.status
    upper.change('name = "星沙市"', f'name = "星沙市"\nformer_names = ["{A}"]')
    assert "former_names" not in upper.status
    assert f"星沙市（曾用名{A}）" in upper.office.run("collect", "offices").stdout
    said = upper.office.run("collect", "figures")
    assert "星沙市" in said.stdout
    target = upper.office.home.root.parent / "汇总.xlsx"
    upper.office.run("collect", "figures", "--out", target)
    rows = load_workbook(target)["台账比对"].iter_rows(min_row=4, values_only=True)
    assert {row[5] for row in rows} == {"本级台账在管，无单位报送"}, (
        "the registry has the former name"
    )
    assert "nothing new" in upper.add(*first)
    second = lower.send(told_by(ACCOUNTS[A]), "二.json", at=SIGNED + timedelta(days=1))
    assert "替换" in upper.add(*second)
    assert "早于已接收的版本" in upper.add(*first)
    upper.office.run("collect", "withdraw", "星沙市", "--by", "丙某", "--reason", "报错了")
    assert "nothing counts" in upper.office.refused("collect", "figures")


def test_two_offices_that_became_one_must_hand_in_one_file(
    upper: Upper, lower: LowerOffice, tmp_path: Path
) -> None:
    other = LowerOffice(tmp_path, B)
    upper.list(lower, other)
    upper.add(*lower.send(told_by(ACCOUNTS[A])), *other.send(told_by(ACCOUNTS[B])))
    other.name, other.key = "长株市", lower.key
    upper.list(other)
    upper.change('name = "长株市"', f'name = "长株市"\nformer_names = ["{A}", "{B}"]')
    assert f"{A}、{B}各有文件，不能合为一份" in upper.office.refused("collect", "figures")
    both = told_by([*ACCOUNTS[A], *ACCOUNTS[B]])
    files = lower.send(both, at=SIGNED + timedelta(days=1))
    assert "已接收" in upper.add(*files)
    upper.office.run("collect", "figures")

"""发文机关的设置: what the documents of an office say of itself, from `office.toml` in its home."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from mediawatch.domain import UserError
from mediawatch.inputs import InputFault, read_toml

FILE = "office.toml"
TEMPLATE = """\
# 通报和附件中本单位的用语。每一项都可以不填；改动后重新生成文件即可。

# issuer = "示例市人民政府办公室"                  # 发文机关
# reach = "全市"                                   # 全省、全市、全区……
# addressees = "各县（市、区）人民政府，市政府各部门："   # 主送机关
# measure = "个"                                   # 账号的量词：个、家、条
# number = "示例政办函〔2023〕1号"                 # 发文字号
# contact = "张三，0000-0000000"                    # 本单位联系人
# regions = ["示例区", "示例县"]                   # 统计表中地区（部门）的次序
# decimals = 2                                     # 合格率保留几位小数
# level = "市"                                     # 本单位的层级：省、市、县
# basis = ["《示例文件》（示例办〔2019〕1号）"]      # 引据的文件全称
# requirements = ["各单位要对照问题清单立行立改。"]   # 工作要求，一段一项
# phone = "0000-0000000"                           # 联系方式
# copies = "市委办公室，市人大常委会办公室。"      # 抄送
# publicity = "主动公开"                           # 公开属性
# order = ["上期整改", "总体情况", "主要问题", "工作要求"]   # 各部分的次序
# others = "留空"                                  # 政府网站等他人提供的部分：留空（只列标题）、略去
# print_rate = true                                # 是否写合格率
# compare = false                                  # 是否与上期比较（较上季度提高…个百分点）
# totals_by = ["平台"]                             # 总数按什么分列：平台、主体类别、层级……
# annexes = { table = 3, list = 4, recheck = 5 }   # 联合通报中本部分附件的序号
# annex_titles = { table = "政务新媒体检查情况统计表" }   # 附件标题
"""

Part = Literal["上期整改", "总体情况", "主要问题", "工作要求"]


def _each_once(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    if len(set(parts)) < len(parts):
        raise ValueError("a part stands in it twice")
    return parts


class AnnexNumbers(BaseModel):
    """附件序号 of our part of a joint circular; 0 where the office gives none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: Annotated[int, Field(ge=0, le=99)] = 0
    """检查情况统计表."""
    list: Annotated[int, Field(ge=0, le=99)] = 0
    """突出问题名单."""
    listed: Annotated[int, Field(ge=0, le=99)] = 0
    """其他需关注情形."""
    recheck: Annotated[int, Field(ge=0, le=99)] = 0
    """上期通报问题复查情况."""

    @model_validator(mode="after")
    def _no_number_twice(self) -> AnnexNumbers:
        given: dict[int, str] = {}
        for key, number in self:
            if number and number in given:
                raise ValueError(f"{given[number]} and {key} are both 附件{number}")
            given[number] = key
        return self


class AnnexTitles(BaseModel):
    """附件标题 where the office has its own; empty for ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str = ""
    list: str = ""
    listed: str = ""
    recheck: str = ""


class Office(BaseModel):
    """What an office has filled in; empty where it filled in nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = ""
    reach: str = ""
    addressees: str = ""
    measure: str = "个"
    number: str = ""
    contact: str = ""
    """The office's own contact; contacts of watched accounts never stand in a document."""
    regions: tuple[str, ...] = ()
    decimals: Annotated[int, Field(ge=0, le=4)] = 2
    level: Literal["省", "市", "县", ""] = ""
    """Whose parts are counted: of 省 the prefectures, of 市 the counties, of 县 the townships."""
    basis: tuple[str, ...] = ()
    """引据: full titles of documents, with their numbers; empty for the policy's."""
    requirements: tuple[str, ...] = ()
    """工作要求, paragraph by paragraph; empty for a neutral one."""
    phone: str = ""
    """The office's own 联系方式."""
    copies: str = ""
    """抄送机关."""
    publicity: str = ""
    """公开属性."""
    order: Annotated[tuple[Part, ...], AfterValidator(_each_once)] = (
        "总体情况",
        "主要问题",
        "上期整改",
        "工作要求",
    )
    """The parts of the circular, each once; one that is left out is not written."""
    others: Literal["留空", "略去"] = "略去"
    """The sections of a whole circular that others supply: as empty headings, or not at all."""
    print_rate: bool = True
    compare: bool = False
    """Say how 合格率 changed since the previous inspection."""
    totals_by: tuple[str, ...] = ()
    """By which words of a registry 总数 is split in the overview."""
    annexes: AnnexNumbers = AnnexNumbers()
    annex_titles: AnnexTitles = AnnexTitles()


def read_office(home: Path) -> Office:
    """The office of a home; the defaults where it has no `office.toml`.

    UserError names the key and the file.
    """
    path = home / FILE
    try:
        return Office.model_validate(read_toml(path))
    except InputFault as fault:
        if fault.kind == "missing":
            return Office()
        raise UserError(str(fault)) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UserError(
            f"{path}: bad setting {key}: {first['msg']}; known are {', '.join(Office.model_fields)}"
        ) from None

"""发文机关的设置: what the documents of an office say of itself, from `office.toml` in its home."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

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
"""


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

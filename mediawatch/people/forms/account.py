"""What the forms that go to units say of an account."""

from __future__ import annotations

from mediawatch.domain import Contact, Filing
from mediawatch.people.forms.columns import Cell, given_text
from mediawatch.table import join_filled

CONTACT_HEADINGS = ("联系人", "联系电话")


def account_cells(filed: Filing, contact: Contact | None) -> dict[str, Cell]:
    """What the forms that go to units say of an account, by heading.

    Its contact stands in its own row, and only in a file to its own unit (`without_contacts`).
    """
    return {
        "备案单号": given_text(filed.filing_number),
        "政务新媒体名称": given_text(filed.name),
        "类型": given_text(filed.printed_type),
        "所属组织": given_text(filed.organiser),
        "地区": given_text(join_filled((filed.prefecture, filed.county, filed.township), " ")),
        "联系人": given_text(contact.person) if contact else "",
        "联系电话": given_text(contact.phone) if contact else "",
    }

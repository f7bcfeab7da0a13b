"""What the group does with incidents: permission, rule, store, audit, in that order."""

from lagesbild.incidents.service.beforehand import near, report_unlike, usual
from lagesbild.incidents.service.drafts import prepare
from lagesbild.incidents.service.linking import linkable
from lagesbild.incidents.service.many import number, report_all, report_many, withdraw_many
from lagesbild.incidents.service.parts import (
    Purpose,
    comment,
    comments,
    exact,
    say,
    take_back,
    take_back_comment,
)
from lagesbild.incidents.service.single import (
    categories,
    count,
    edit,
    history,
    listing,
    move,
    one,
    report,
    to_edit,
    withdraw,
)

__all__ = [
    "Purpose",
    "categories",
    "comment",
    "comments",
    "count",
    "edit",
    "exact",
    "history",
    "linkable",
    "listing",
    "move",
    "near",
    "number",
    "one",
    "prepare",
    "report",
    "report_all",
    "report_many",
    "report_unlike",
    "say",
    "take_back",
    "take_back_comment",
    "to_edit",
    "usual",
    "withdraw",
    "withdraw_many",
]

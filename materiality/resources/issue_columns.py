"""The columns of the `issues` format and what they mean."""

from django.utils.translation import gettext_lazy as _

from materiality.resources.columns import SheetColumn

_CODES = _("Codes separated by semicolons; empty where nothing fits.")
_YEAR = _(
    "Codes separated by semicolons. 102-1 to 102-10 and 103-1 to 103-5 of 2025 are written with the year: 102-1 (2025)."
)

COLUMNS = (
    SheetColumn(
        "code",
        _("Issue code"),
        _("Names the issue for good, such as SOC-03-01; a primary issue is SOC-03."),
        required=True,
        width=14,
        also=("编码", "代码", "编号", "议题编号", "issue"),
    ),
    SheetColumn("category", _("Category"), _("The code of a category."), choices="categories", width=14),
    SheetColumn(
        "parent_code",
        _("Primary issue"),
        _("The code of the primary issue above; empty for a primary issue."),
        choices="primaries",
        width=14,
        strict=False,  # a primary issue may stand in the same file
    ),
    SheetColumn(
        "name_zh", _("Chinese name"), _("At most 200 characters."), width=24, also=("名称", "议题名称", "中文名")
    ),
    SheetColumn("name_en", _("English name"), _("At most 200 characters."), width=28, also=("英文名", "name")),
    SheetColumn("definition_zh", _("Chinese definition"), width=48, also=("定义",)),
    SheetColumn("definition_en", _("English definition"), width=48, also=("definition",)),
    SheetColumn("gri_2016", "GRI 2016", _CODES, choices="gri_2016", several=True),
    SheetColumn("gri_2021", "GRI 2021", _YEAR, choices="gri_2021", several=True),
    SheetColumn(
        "sdgs", _("Development goals"), _("Numbers 1 to 17 separated by semicolons."), choices="sdgs", several=True
    ),
    SheetColumn("esrs", _("ESRS topics"), _CODES, choices="esrs", several=True),
    SheetColumn("cn_exchange", _("Exchange topics"), _CODES, choices="cn_exchange", several=True),
    SheetColumn("hkex", _("HKEX aspects"), _CODES, choices="hkex", several=True),
    SheetColumn(
        "groups",
        _("Groups that rate it"),
        _("Codes of stakeholder groups separated by semicolons."),
        choices="groups",
        several=True,
        width=32,
    ),
    SheetColumn("status", _("Status"), _("active or retired; empty means active."), choices="statuses", width=10),
)

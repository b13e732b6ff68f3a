"""Which survey tool wrote a file, by its header."""

from collections.abc import Sequence

from surveys.matching.texts import cleaned

LIMESURVEY, WJX, FORMBRICKS, KOBO, OTHER = "limesurvey", "wjx", "formbricks", "kobotoolbox", ""
# Ready-made matches by name.
READY_MADE = (LIMESURVEY, WJX, FORMBRICKS, KOBO)
NAMES = {LIMESURVEY: "LimeSurvey", WJX: "问卷星", FORMBRICKS: "Formbricks", KOBO: "KoboToolbox"}
_SIGNS = {
    LIMESURVEY: ("submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"),
    WJX: ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自ip", "总分"),
    FORMBRICKS: ("no.", "response id", "timestamp", "finished", "survey id", "quotas", "tags"),
    KOBO: (
        "_id",
        "_uuid",
        "_submission_time",
        "_index",
        "_validation_status",
        "_status",
        "_submitted_by",
        "__version__",
    ),
}
_FULL_TEXTS = {
    LIMESURVEY: ("response id", "date submitted", "last page", "start language", "seed", "date "
                 "started", "date last action",
                 "答卷 id", "提交日期", "最后一页", "起始语言"),
}  # fmt: skip


def tool_of(header: Sequence[str]) -> str:
    """The tool with the most of its own columns, at least three; '' for any other."""
    names = {cleaned(name).casefold().strip(" :.") for name in header} | {cleaned(name).casefold() for name in header}
    names |= {name.partition(". ")[0] for name in names}
    score = {tool: sum(sign in names for sign in signs) for tool, signs in _SIGNS.items()}
    for tool, signs in _FULL_TEXTS.items():
        score[tool] = max(score[tool], sum(sign in names for sign in signs))
    best = max(score, key=score.get)
    return best if score[best] >= 3 else OTHER

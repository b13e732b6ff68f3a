"""Writers of one survey tool each: (file, what its cells say) from the truth."""

import datetime as dt
from collections.abc import Callable

from tests.factories.tool_exports import CATEGORIES, EN, QUESTIONS, ZH, Truth, csv_of, matrices, xlsx_of

DK = {"zh": {"society": "不了解", "business": "不清楚"}, "en": {"society": "Don't know", "business": "No opinion"}}


def level(words: dict, language: str, dimension: str, value: str, *, blank: str = "", hidden: str = "") -> str:
    """The word for a value."""
    special = {"DK": DK[language][dimension], "": blank, "NA": hidden}
    return special[value] if value in special else words[dimension][int(value) - 1]


def question(language: str, category: str, dimension: str) -> str:
    """Wording of a matrix."""
    return QUESTIONS[language, dimension].format(*CATEGORIES[category])


LIME_TEXTS = {"id": "Response ID", "submitdate": "Date submitted", "lastpage": "Last page",
              "startlanguage": "Start language", "seed": "Seed", "token": "Access code", "startdate": "Date started",
              "datestamp": "Date last action", "ipaddr": "IP address", "CHANNEL": "Channel"}  # fmt: skip


def limesurvey(rows: list[Truth], *, texts: str = "", headings: bool = False, **file) -> bytes:
    """Question and answer codes; with `texts` zh or en the questions and answers in full instead.

    With `headings` the header has code and text: `submitdate. Date submitted`.
    """
    header = ["id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp", "ipaddr"]
    header += ["CONSENT", "STAKEHOLDER", "CHANNEL"]
    for category, dimension, issues in matrices():
        stem = question(texts, category, dimension) if texts else f"{category}{dimension}"
        for issue in issues:
            name = (issue.zh if texts == "zh" else issue.en) if texts else issue.code.replace("-", "")
            header.append(f"{stem} [{name}]" if texts else f"{stem}[{name}]")
    if headings:
        header = [f"{name}. {LIME_TEXTS.get(name, 'A question')}" for name in header]
    lines = [[*header, "COMMENT"]]
    for number, row in enumerate(rows, 1):
        end = row.submitted.isoformat(" ") if row.finished else ""
        cells = [number, end, 9, {"zh-hans": "zh-Hans"}.get(row.language, "en"), 77, row.token]
        cells += [row.started.isoformat(" "), end, "203.0.113.9"]
        cells += ["Y" if row.consent else "N", row.group.zh if texts else row.group.code[:3].upper(), row.channel]
        for _category, dimension, issues in matrices():
            for issue in issues:
                value = row.ratings[issue.code, dimension]
                if texts:
                    cells.append(level({"zh": ZH, "en": EN}[texts], texts, dimension, value, hidden="N/A"))
                elif dimension == "society":
                    cells.append({"DK": "AO06", "": "", "NA": "N/A"}.get(value, f"AO0{value}"))
                else:
                    cells.append({"DK": "99", "": "", "NA": "N/A"}.get(value, value))
        lines.append([*cells, row.comment])
    return csv_of(lines, **{"delimiter": ";", "encoding": "utf-8-sig", **file})


def wjx(rows: list[Truth], *, numbers: bool = False, csv: bool = False, dk: str = "99", **file) -> bytes:
    """问卷星: by option text or (`numbers`) by option number; only the first row of a matrix carries its stem.

    With `dk` 6 *don't know* is the sixth option, and the consent a number as well.
    """
    header = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "总分", "1、我已阅读隐私说明，同意参与"]
    header.append("2、您属于以下哪一类利益相关方？")
    for number, (category, dimension, issues) in enumerate(matrices(), 3):
        for place, issue in enumerate(issues):
            stem = f"{question('zh', category, dimension)}—" if place == 0 else ""
            header.append(f"{number}、{stem}{issue.zh}")
    lines = [[*header, "20、您认为还有哪些重要议题没有列出？"]]
    for row in rows:
        end = row.submitted
        cells = [row.token, f"{end.year}/{end.month}/{end.day} {end.hour}:{end:%M:%S}", f"{row.seconds}秒", row.channel]
        consent = ("1", "2") if numbers and dk == "6" else ("同意", "不同意")
        cells += ["N/A", "198.51.100.4(北京-北京)", "301", consent[not row.consent], row.group.zh]
        for _category, dimension, issues in matrices():
            for issue in issues:
                value = row.ratings[issue.code, dimension]
                if numbers:
                    cells.append({"DK": dk, "": "-2", "NA": "-3"}.get(value, value))
                else:
                    cells.append(level(ZH, "zh", dimension, value, blank="(空)", hidden="(跳过)"))
        lines.append([*cells, row.comment or "(空)"])
    return csv_of(lines, **file) if csv else xlsx_of(lines)


def formbricks(rows: list[Truth], *, language: str = "en", **file) -> bytes:
    """Questions with a number before them, a matrix row behind a dash, times in UTC."""
    header = ["No.", "Response ID", "Timestamp", "Finished", "Survey ID", "User ID", "Quotas", "Tags"]
    group, consent, more = {
        "en": ("Which stakeholder group do you belong to?", "I agree to the privacy notice", "Is any issue missing?"),
        "zh": ("您属于哪一类利益相关方？", "我同意隐私说明", "还有哪些议题没有列出？"),
    }[language]
    header += [f"1. {consent}", f"2. {group}"]
    for number, (category, dimension, issues) in enumerate(matrices(), 3):
        stem = question(language, category, dimension)
        header += [f"{number}. {stem} - {issue.zh if language == 'zh' else issue.en}" for issue in issues]
    lines = [[*header, f"30. {more}", "language", "source"]]
    words = {"zh": ZH, "en": EN}[language]
    for number, row in enumerate(rows, 1):
        moment = (row.submitted - dt.timedelta(hours=8)).isoformat(timespec="milliseconds") + "Z"
        cells = [number, row.token, moment, "Yes" if row.finished else "No", "s1", "u1", "", ""]
        cells += ["accepted" if row.consent else "dismissed", row.group.zh if language == "zh" else row.group.en]
        for _category, dimension, issues in matrices():
            cells += [level(words, language, dimension, row.ratings[issue.code, dimension]) for issue in issues]
        lines.append([*cells, row.comment, row.language.removesuffix("-hans"), row.channel])
    return csv_of(lines, **file)


def kobotoolbox(rows: list[Truth], *, labels: str = "", **file) -> bytes:
    """XML names with their groups' path, or labels; start and end with their zone."""
    header = ["start", "end", "consent", "stakeholder_group"]
    for category, dimension, issues in matrices():
        for issue in issues:
            path = f"{dimension}_{category.lower()}/{issue.code.lower().replace('-', '_')}"
            name = issue.zh if labels == "zh" else issue.en
            header.append(f"{question(labels, category, dimension)}/{name}" if labels else path)
    lines = [[*header, "comment", "channel", "_id", "_uuid", "_submission_time", "_validation_status", "_index"]]
    for number, row in enumerate(rows, 1):
        start, end = (f"{moment.isoformat(timespec='milliseconds')}+08:00" for moment in (row.started, row.submitted))
        cells = [start, end, "yes" if row.consent else "no"]
        cells.append({"zh": row.group.zh, "en": row.group.en}.get(labels, row.group.code))
        for _category, dimension, issues in matrices():
            for issue in issues:
                value = row.ratings[issue.code, dimension]
                words = level({"zh": ZH, "en": EN}.get(labels, EN), labels or "en", dimension, value)
                cells.append(words if labels else words.lower().replace(" ", "_").replace("'", ""))
        later = (row.submitted - dt.timedelta(hours=7)).isoformat()
        lines.append([*cells, row.comment, row.channel, 1000 + number, row.token, later, "", number])
    return xlsx_of(lines)


def google_forms(rows: list[Truth], *, language: str = "en", **file) -> bytes:
    """A question with its row in brackets, a timestamp with a zone in words, answers in full."""
    header = ["Timestamp", "Which of these stakeholder groups do you belong to?", "Do you agree to the privacy notice?"]
    for category, dimension, issues in matrices():
        stem = question(language, category, dimension)
        header += [f"{stem} [{issue.zh if language == 'zh' else issue.en}]" for issue in issues]
    lines = [[*header, "Any other issues?"]]
    words = {"zh": ZH, "en": EN}[language]
    for row in rows:
        end = row.submitted
        noon = "PM" if end.hour >= 12 else "AM"
        stamp = f"{end.year}/{end.month:02d}/{end.day:02d} {end.hour % 12 or 12}:{end:%M:%S} {noon} GMT+8"
        cells = [stamp, row.group.zh if language == "zh" else row.group.en, "Yes" if row.consent else "No"]
        for _category, dimension, issues in matrices():
            cells += [level(words, language, dimension, row.ratings[issue.code, dimension]) for issue in issues]
        lines.append([*cells, row.comment])
    return csv_of(lines, **file)


def surveymonkey(rows: list[Truth], **file) -> bytes:
    """Two rows of headers: questions above, their parts below."""
    upper = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address"]
    upper += ["Which stakeholder group do you belong to?", "Do you agree to the privacy notice?"]
    lower = ["", "", "", "", "", "", "Response", "Response"]
    for category, dimension, issues in matrices():
        upper += [question("en", category, dimension), *[""] * (len(issues) - 1)]
        lower += [issue.en for issue in issues]
    lines = [[*upper, "Is any issue missing?"], [*lower, "Open-Ended Response"]]
    for row in rows:
        start, end = (f"{moment:%m/%d/%Y %I:%M:%S %p}" for moment in (row.started, row.submitted))
        cells = [row.token, "4711", start, end, "203.0.113.5", "a@example.org", row.group.en]
        cells.append("Yes" if row.consent else "No")
        for _category, dimension, issues in matrices():
            for issue in issues:
                value = row.ratings[issue.code, dimension]
                words = level(EN, "en", dimension, value)
                cells.append(f"{value} - {words}" if value.isdigit() else words)
        lines.append([*cells, row.comment])
    return csv_of(lines, **file)


Writer = Callable[..., bytes]

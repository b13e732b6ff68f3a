"""Files as people's tools and hands leave them: one truth, written in a way drawn from a seed."""

import csv
import datetime as dt
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from openpyxl import Workbook

from tests.factories.tool_exports import DIMENSIONS, EN, GROUPS, ISSUES, ZH, Truth, answers

FIELDS = ("token", "group", "started", "submitted", "consent", "comment", "state", "channel")


@dataclass
class ForeignFile:
    """`contents` and what its rows say; `names` are the fields that the file holds, `told` how it was written."""

    contents: bytes
    rows: list[Truth]
    names: list[str]
    told: list[str] = field(default_factory=list)


@dataclass
class Grid:
    """Columns as (kind, texts of the header from the top), and a row of cells per response."""

    columns: list[tuple[object, list[str]]]
    rows: list[list[object]]


_HEADERS: dict[str, list[str]] = {
    "token": ["答卷编号", "Response ID", "token", "Respondent ID", "答卷ID号", "编号"],
    "group": ["利益相关方", "Which stakeholder group do you belong to?", "您属于哪一类利益相关方？", "身份"],
    "started": ["开始时间", "Start Date", "开始答题时间", "StartDate", "Started at", "date started"],
    "submitted": ["提交时间", "End Date", "提交的日期", "填表日期与时间", "EndDate", "Time of submission"],
    "consent": ["我同意隐私说明", "Do you agree to the privacy notice?", "知情同意"],
    "comment": ["意见", "Is any issue missing?", "您还有哪些建议？", "Any other comments"],
    "state": ["答卷状态", "Finished", "完成情况", "Progress", "Status", "状态"],
    "channel": ["渠道", "Channel", "来源"],
}  # fmt: skip
_STATES = {
    "Progress": ("100", "40"),
    "Finished": ("TRUE", "FALSE"),
    "": (
        ("已提交", "中途退出"),
        ("Complete", "Partial"),
        ("已完成", "未完成"),
        ("完成", "进行中"),
        ("submitted", "in progress"),
    ),
}
_QUESTIONS = {
    "society": ["对社会和环境的影响", "Impact on society and the environment", "请评价以下议题对社会的影响有多重要？"],
    "business": ["对公司运营的影响", "Impact on the company's operations", "以下议题对公司经营的影响有多大？"],
}
_JOINS: list[Callable[[str, str], str]] = [
    lambda question, issue: f"{question}—{issue}",
    lambda question, issue: f"{question} [{issue}]",
    lambda question, issue: f"{question} - {issue}",
    lambda question, issue: f"{issue}（{question}）",
    lambda question, issue: f"{question}：{issue}",
    lambda question, issue: f"{issue} - {question}",
]


_BLANK = ("", "", "", "(空)", "-99")
_NOT_KNOWN = ("不了解", "Don't know", "无法判断", "DK", "99")


def foreign_file(seed: int) -> ForeignFile:
    """A file of 12 to 40 responses, written in a way that the seed decides."""
    return _Writing(random.Random(seed), seed).file()


class _Writing:
    def __init__(self, rng: random.Random, seed: int) -> None:
        self.rng, self.told = rng, []
        self.rows = answers(seed, rng.randrange(12, 40), unfinished=rng.random() < 0.5)
        self.language = rng.choice(("zh", "en"))
        self.names = [name for name in FIELDS if rng.random() < 0.75 or name == "group"]
        if any(not row.finished for row in self.rows) and "state" not in self.names:
            self.names.append("submitted") if "submitted" not in self.names else None

    def say(self, text: str) -> str:
        self.told.append(text)
        return text

    def file(self) -> ForeignFile:
        """Draw everything, write it."""
        self.names = list(dict.fromkeys(self.names))
        grid = self._grid()
        self._spoil(grid)
        if self.rng.random() < 0.3:
            self._shuffle(grid)
        contents = self._written(grid)
        return ForeignFile(contents, self.rows, self.names, self.told)

    # Columns and cells

    def _grid(self) -> Grid:
        columns: list[tuple[object, list[str]]] = []
        readers: list[Callable[[Truth], object]] = []
        for name in self.names:
            header = self.rng.choice(_HEADERS[name])
            if name in ("started", "submitted") and self.rng.random() < 0.1:
                self.say("zone in the header")
                header += self.rng.choice((" (UTC)", "（UTC）", " [GMT]"))
            columns.append((name, [header]))
            readers.append(self._reader(name, header))
        join, values = self.rng.choice(_JOINS), self._values()
        codes = self.rng.random() < 0.15
        renamed = self.rng.random() < 0.1 and self.say("former names")
        for dimension in DIMENSIONS:
            question = self.rng.choice(_QUESTIONS[dimension])
            if self.turned:
                question += self.rng.choice(("（1=非常重要，5=不重要）", " (1 = very important, 5 = not important)"))
            for issue in ISSUES:
                name = issue.code if codes else issue.zh if self.language == "zh" else issue.en
                if renamed and issue.former and not codes:
                    name = issue.former[self.language == "en"]
                columns.append(((issue.code, dimension), [question, name, join(question, name)]))
                readers.append(lambda row, item=(issue.code, dimension): values[item[1]][row.ratings[item]])
        return Grid(columns, [[read(row) for read in readers] for row in self.rows])

    def _reader(self, name: str, header: str) -> Callable[[Truth], object]:
        if name in ("started", "submitted"):
            return self._moments(name, header)
        if name == "state":
            done, open_ = _STATES.get(header) or self.rng.choice(_STATES[""])
            return lambda row: done if row.finished else open_
        words = ("同意", "不同意") if self.language == "zh" else ("Yes", "No")
        readers: dict[str, Callable[[Truth], object]] = {
            "token": lambda row: row.token,
            "group": lambda row: row.group.zh if self.language == "zh" else row.group.en,
            "consent": lambda row: words[not row.consent],
            "comment": lambda row: row.comment,
            "channel": lambda row: row.channel,
        }
        return readers[name]

    def _moments(self, name: str, header: str) -> Callable[[Truth], object]:
        if header.rstrip(")]）").endswith(("UTC", "GMT")):
            write = lambda moment: f"{moment - dt.timedelta(hours=8):%Y-%m-%d %H:%M:%S}"  # noqa: E731
        else:
            self.dates = getattr(self, "dates", self.rng.choice(sorted(_DATES)))
            write = _DATES[self.say(self.dates)]

        def read(row: Truth) -> object:
            if name == "submitted" and not row.finished:
                return ""
            return write(row.started if name == "started" else row.submitted)

        return read

    def _values(self) -> dict[str, dict[str, object]]:
        """What each rating is written as, per dimension."""
        self.turned = self.rng.random() < 0.06 and bool(self.say("1 is the most"))
        kind = "numbers" if self.turned else self.say(self.rng.choice(sorted(_CODINGS)))
        found = {dimension: _CODINGS[kind](dimension) for dimension in DIMENSIONS}
        if self.turned:
            found = {dimension: {level: 6 - int(level) for level in _LEVELS} for dimension in DIMENSIONS}
        absent = {"": self.rng.choice(_BLANK), "DK": self.rng.choice(_NOT_KNOWN)}
        self.say(f"absent {absent}")
        return {dimension: {**levels, **absent} for dimension, levels in found.items()}

    # What hands do to a table

    def _spoil(self, grid: Grid) -> None:
        for spoil, share in (
            (self._rename_items, 0.12), (self._rename_block, 0.06), (self._rename_meta, 0.1), (self._drop_items, 0.08),
            (self._add_strange, 0.15), (self._double, 0.04), (self._row_numbers, 0.08), (self._trials, 0.06),
        ):  # fmt: skip
            if self.rng.random() < share:
                self.say(spoil.__name__.strip("_"))
                spoil(grid)

    def _items(self, grid: Grid) -> list[int]:
        return [at for at, (kind, _texts) in enumerate(grid.columns) if isinstance(kind, tuple)]

    def _rename_items(self, grid: Grid) -> None:
        for at in self.rng.sample(self._items(grid), 2):
            kind, (question, _name, _joined) = grid.columns[at]
            other = self.rng.choice(("关于环保", "Something else", "议题七", "Topic 7"))
            grid.columns[at] = (kind, [question, other, f"{question}—{other}"])

    def _rename_block(self, grid: Grid) -> None:
        dimension = self.rng.choice(DIMENSIONS)
        for at in self._items(grid):
            kind, (question, name, _joined) = grid.columns[at]
            if kind[1] == dimension:
                name = f"某{name[:2]}方面的工作" if self.language == "zh" else f"Work on {name[:4]} matters"
                grid.columns[at] = (kind, [question, name, f"{question}—{name}"])

    def _rename_meta(self, grid: Grid) -> None:
        places = [at for at, (kind, _texts) in enumerate(grid.columns) if isinstance(kind, str)]
        at = self.rng.choice(places)
        grid.columns[at] = (grid.columns[at][0], [self.rng.choice(("字段A", "Field 7", "V12", ""))])

    def _drop_items(self, grid: Grid) -> None:
        for at in sorted(self.rng.sample(self._items(grid), 3), reverse=True):
            del grid.columns[at]
            for row in grid.rows:
                del row[at]

    def _add_strange(self, grid: Grid) -> None:
        header, cells = self.rng.choice(
            (
                ("您的年龄段", ["18~25岁", "26~40岁"]), ("来自IP", ["203.0.113.9"]), ("Total score", ["33", "41"]),
                ("总体满意度", ["1", "3", "5"]), ("Browser", ["Chrome", "Safari"]), ("收到邮件的日期", ["2026-01-02"]),
                ("Notes", ["", "ok"]),
            )
        )  # fmt: skip
        grid.columns.append(("", [header]))
        for row in grid.rows:
            row.append(self.rng.choice(cells))

    def _double(self, grid: Grid) -> None:
        at = self.rng.choice(self._items(grid))
        grid.columns.append(grid.columns[at])
        for row in grid.rows:
            row.append(row[at] if self.rng.random() < 0.7 else "")

    def _row_numbers(self, grid: Grid) -> None:
        grid.columns.insert(0, ("", ["No"]))
        for number, row in enumerate(grid.rows, 1):
            row.insert(0, number)

    def _trials(self, grid: Grid) -> None:
        grid.columns.append(("", ["Response Type"]))
        for row in grid.rows:
            row.append("IP Address")
        grid.rows.insert(0, [*grid.rows[0][:-1], "Survey Preview"])

    def _shuffle(self, grid: Grid) -> None:
        order = list(range(len(grid.columns)))
        self.rng.shuffle(order)
        grid.columns = [grid.columns[at] for at in order]
        grid.rows = [[row[at] for at in order] for row in grid.rows]
        self.say("shuffled")

    # Sheets and files

    def _written(self, grid: Grid) -> bytes:
        form = self.say(
            self.rng.choice(("wide", "wide", "bands", "bands", "sheets", "groups", "long", "transposed", "codes"))
        )
        header = [[texts[-1] for _kind, texts in grid.columns]]
        if form == "bands":
            header = self._bands(grid)
        elif form == "codes":
            header = [[f"Q{at}_{at % 3}" for at in range(len(grid.columns))], *header]
            if self.rng.random() < 0.5:
                header.append([f'{{"ImportId":"QID{at}"}}' for at in range(len(grid.columns))])
        if form == "long" and not any("double" in told or "drop" in told for told in self.told):
            header, rows = self._long(grid)
        else:
            rows = grid.rows
        sheets = {"Sheet1": [*header, *rows]}
        if form == "sheets":
            cut = len(rows) // 2
            sheets = {"第一批": [*header, *rows[:cut]], "第二批": [*header, *rows[cut:]]}
        elif form == "groups":
            sheets = self._by_group(grid, header, rows)
        elif form == "transposed":
            sheets = {"Sheet1": [list(column) for column in zip(*header, *rows, strict=True)]}
        self._surround(sheets, form)
        if len(sheets) > 1 or self.rng.random() < 0.5:
            return _xlsx(sheets)
        (only,) = sheets.values()
        return self._csv(only)

    def _bands(self, grid: Grid) -> list[list[str]]:
        upper, lower, before = [], [], ""
        below = self.rng.random() < 0.5
        for kind, texts in grid.columns:
            if not isinstance(kind, tuple):
                upper.append("" if below else texts[-1])
                lower.append(texts[-1] if below else "")
                before = ""
                continue
            upper.append(texts[0] if texts[0] != before else "")
            lower.append(texts[1])
            before = texts[0]
        return [upper, lower]

    def _long(self, grid: Grid) -> tuple[list[list[str]], list[list[object]]]:
        outer = [at for at in range(len(grid.columns)) if at not in self._items(grid)]
        issues = {}
        for at in self._items(grid):
            kind, texts = grid.columns[at]
            issues.setdefault(kind[0], {"name": texts[1]})[kind[1]] = (at, texts[0])
        heads = [grid.columns[at][1][-1] for at in outer]
        names = {
            dimension: next(each[dimension][1] for each in issues.values() if dimension in each)
            for dimension in DIMENSIONS
        }
        rows = [
            [*(row[at] for at in outer), each["name"], *(row[each[d][0]] if d in each else "" for d in DIMENSIONS)]
            for row in grid.rows
            for each in issues.values()
        ]
        return [[*heads, "议题", names["society"], names["business"]]], rows

    def _by_group(self, grid: Grid, header, rows) -> dict[str, list]:
        at = next(at for at, (kind, _texts) in enumerate(grid.columns) if kind == "group")
        cut = lambda row: row[:at] + row[at + 1 :]  # noqa: E731
        sheets: dict[str, list] = {}
        for row in rows:
            sheets.setdefault(str(row[at])[:31], [*map(cut, header)]).append(cut(row))
        order = {group.zh if self.language == "zh" else group.en: group.code for group in GROUPS}
        # Rows come sheet by sheet, tests before them included.
        names = list(sheets)
        self.rows = sorted(
            self.rows,
            key=lambda row: names.index(next(name for name, code in order.items() if code == row.group.code)),
        )
        return sheets

    def _surround(self, sheets: dict[str, list], form: str) -> None:
        first = next(iter(sheets))
        width = len(sheets[first][0])
        if self.rng.random() < 0.2 and form != "transposed":
            self.say("title")
            text = self.rng.choice(
                ("2026年问卷结果", "导出时间：2026-03-02", "Results of the survey", "1=非常不重要，5=非常重要")
            )
            sheets[first][:0] = [[text, *[""] * (width - 1)], *([[""] * width] if self.rng.random() < 0.5 else [])]
        if self.rng.random() < 0.1 and form in ("wide", "sheets"):
            self.say("totals")
            last = list(sheets)[-1]
            sheets[last].append(["平均", *[3.2] * (width - 1)])
        if self.rng.random() < 0.15:
            self.say("cover")
            cover = {"说明": [["填写说明"], ["请看第二个工作表"]]}
            rest = dict(sheets)
            sheets.clear()
            sheets.update({**cover, **rest})

    def _csv(self, rows: list[list[object]]) -> bytes:
        encoding = self.say(self.rng.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16", "cp1252")))
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.rng.choice(",;\t"), quoting=csv.QUOTE_ALL)
        writer.writerows([[_plain(cell) for cell in row] for row in rows])
        if encoding == "cp1252" and not text.getvalue().isascii():
            encoding = "utf-8"  # it has no Chinese
        elif encoding == "cp1252":
            writer.writerow(["Résumé de l’enquête, Zürich"])
        return text.getvalue().encode(encoding)


def _plain(cell: object) -> object:
    return cell.isoformat(" ") if isinstance(cell, dt.datetime) else cell


def _serial(moment: dt.datetime) -> float:
    return (moment - dt.datetime(1899, 12, 30)).total_seconds() / 86_400


_DATES: dict[str, Callable[[dt.datetime], object]] = {
    "iso": lambda moment: moment.isoformat(" "),
    "slashed": lambda moment: f"{moment.year}/{moment.month}/{moment.day} {moment:%H:%M:%S}",
    "day first": lambda moment: f"{moment:%d/%m/%Y %H:%M:%S}",
    "month first": lambda moment: f"{moment:%m/%d/%Y %I:%M:%S %p}",
    "short year": lambda moment: f"{moment.month}/{moment.day}/{moment:%y %H:%M:%S}",
    "dotted": lambda moment: f"{moment:%d.%m.%Y %H:%M:%S}",
    "named": lambda moment: f"{moment:%b} {moment.day}, {moment.year} {moment:%H:%M:%S}",
    "chinese": lambda moment: f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M:%S}",
    "together": lambda moment: f"{moment:%Y%m%d%H%M%S}",
    "serial": _serial,
    "date": lambda moment: moment,
    "utc": lambda moment: f"{moment - dt.timedelta(hours=8):%Y-%m-%dT%H:%M:%S}Z",
    "offset": lambda moment: f"{moment - dt.timedelta(hours=7):%Y-%m-%d %H:%M:%S}+01:00",
    "letters": lambda moment: f"{moment:%Y-%m-%d %H:%M:%S} CST",
}
_LEVELS = "12345"
_CODINGS: dict[str, Callable[[str], dict[str, object]]] = {
    "words zh": lambda dimension: dict(zip(_LEVELS, ZH[dimension], strict=True)),
    "words en": lambda dimension: dict(zip(_LEVELS, EN[dimension], strict=True)),
    "both": lambda dimension: {
        level: f"{zh} {en}" for level, zh, en in zip(_LEVELS, ZH[dimension], EN[dimension], strict=True)
    },
    "numbers": lambda _dimension: {level: int(level) for level in _LEVELS},
    "points": lambda _dimension: {level: f"{level}分" for level in _LEVELS},
    "stars": lambda _dimension: {level: "★" * int(level) for level in _LEVELS},
    "of five": lambda _dimension: {level: f"{level}/5" for level in _LEVELS},
    "numerals": lambda _dimension: dict(zip(_LEVELS, "一二三四五", strict=True)),
    "letters": lambda _dimension: dict(zip(_LEVELS, "ABCDE", strict=True)),
    "from zero": lambda _dimension: {level: int(level) - 1 for level in _LEVELS},
    "turned and said": lambda dimension: {
        level: f"{6 - int(level)} - {word}" for level, word in zip(_LEVELS, EN[dimension], strict=True)
    },
    "percent": lambda _dimension: {level: f"{20 * int(level)}%" for level in _LEVELS},
    "numbered": lambda dimension: {
        level: f"{level} - {word}" for level, word in zip(_LEVELS, EN[dimension], strict=True)
    },
}


def _xlsx(sheets: dict[str, list[list[object]]]) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value == "":
                    continue
                cell = sheet.cell(number, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()

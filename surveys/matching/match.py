"""A column match: what each column of a foreign file is, and what its answers mean."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from surveys.matching.words import LIMESURVEY, QUALTRICS, WJX, GroupNames, IssueNames, cleaned


@dataclass(frozen=True)
class Question:
    """A profile question: `kind` single, multiple or text; `options` are (code, zh, en)."""

    code: str
    kind: str
    zh: str
    en: str
    options: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True)
class Asked:
    """`items` are (issue code, dimension) in frozen order, `k` the end of the scale 1..k."""

    items: Sequence[tuple[str, str]]
    issues: Sequence[IssueNames]
    groups: Sequence[GroupNames]
    k: int
    questions: Sequence[Question] = field(default_factory=tuple)
    attention: bool = False
    ranking: bool = False
    # Per group the items that it is asked; a group that is not named is asked everything.
    plan: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    zone: str = ""
    languages: Sequence[str] = ("zh-hans", "en")

    def asks(self, group: str, item: tuple[str, str]) -> bool:
        """Whether the group is asked the item."""
        return group not in self.plan or tuple(item) in self.plan[group]

    def asked_items(self) -> list[tuple[str, str]]:
        """The items that any group is asked."""
        return [item for item in self.items if any(self.asks(group.code, item) for group in self.groups)]


# In each list the earlier pattern wins over the later; patterns are for the whole header, cleaned and without case.
_FIELDS = {
    "token": "token|access code|令牌|访问码|访问代码|操作代码|操作码|response id|_uuid|respondent id|"
    "respondentid|答卷编号|答卷id|回复id|"
    "_id|id|序号|编号|no|no.|#|提交序号|"
    "submission id|sys_id|responseid",
    "submitted_at": "submitted_at|submitdate|end|提交答卷时间|提交时间|答题结束时间|结束答题时间|"
    "结束时间|完成时间|completion time|"
    "date submitted|end date|enddate|end time|submit time|submitted at|submission time|recordeddate|timestamp|"
    "时间戳记|时间戳|_submission_time|填写时间|创建时间|created at|createdat|datestamp|date last action",
    "started_at": "started_at|startdate|start|开始答题时间|答题开始时间|开始时间|start time|start "
    "date|started at|date started",
    "duration": "duration|interviewtime|所用时间|用时|答题时长|答题用时|填写时长|时长|总用时|total "
    "time|time taken|time to complete|"
    r"duration \(in seconds\)|duration \(seconds\)|duration in seconds|所用时间\(秒\)|答题时长\(秒\)|time spent|"
    r"duration \(minutes\)|用时\(分钟\)|答题时间\(秒\)|ttc|用时\(秒\)|time \(s\)|total time \(s\)",
    "language": "startlanguage|start language|起始语言|开始语言|language|语言|答题语言|_language|"
    "respondent language|userlanguage|survey language|lang",
    "channel": "channel|渠道|来源渠道|填写渠道|收集渠道|来源|答卷来源|source|collector|collector "
    "name|distribution channel",
    "finished": "finished|completed|complete|是否完成|答卷状态|完成状态|response status|完成情况|作答状态|填写状态|"
    "提交状态|回收状态|是否提交|submitted|is complete|completion status|survey status|status|状态|问卷状态|"
    "progress|进度|完成度|完成进度|completion|percent complete|response type",
    "group": "stakeholder|stakeholder group|group|利益相关方|利益相关方类别|利益相关方类型|"
    "相关方类别|身份|您的身份|role",
    "consent": "consent|知情同意|同意|隐私同意|是否同意|privacy|agreement",
    "comment": "comment|comments|意见|建议|意见与建议|备注|其他建议|补充说明|suggestions|remarks",
}
_ORDERED = {name: [re.compile(f"(?:{part})") for part in text.split("|")] for name, text in _FIELDS.items()}
_PERSONAL = re.compile(
    r".*(提交人|填写人|ip ?addr|ipaddr|\bip\b|来自ip|ip地址|e-?mail|邮箱|电子邮件|邮件地址|手机|电话|"
    r"phone|mobile|姓名|名字|昵称|微信|"
    r"first ?name|last ?name|full ?name|your name|\bname\b|openid|unionid|身份证|住址|地址|address|"
    r"latitude|longitude|经度|"
    r"纬度|geopoint|location|device ?id|_submitted_by|user ?id|username|qq号|学号|工号).*"
)
_OTHER = re.compile(
    r"id|seed|lastpage|last page|refurl|datestamp|总分|得分|score|来源详情|_.*|quotas|survey ?id|tags|"
    r"notes?|url|action|country|browser|"
    r"os|device|status|version|deviceid|instanceid|today|formhub/.*|meta/.*|自定义字段|quota|verified email|variables?|"
    r"起始页面|用户代理|user ?agent|设备|浏览器|操作系统|省份|城市|国家.*|quizscore.*|groupid|"
    r"groupname|来源渠道详情|progress|修改时间|更新时间|最后修改时间|"
    r"last modified(?: time| date)?|modified(?: at)?|stage date.*"
)
_CUES = {
    "group": re.compile(r"利益相关方|哪一?类|身份|属于|群体|stakeholder|which (?:group|of the)|your "
    "(?:role|group)|您是|you are|relationship"),
    "consent": re.compile(r"同意|知情|隐私|consent|privacy|agree to|i agree|data protection"),
    "comment": re.compile(r"没有列出|遗漏|补充|还有(?:哪些|什么|其他)|建议|意见|想说|missing|"
    "anything else|other issues?|comment|suggest|"
                          r"not listed|feedback|would you like to add"),
    "channel": re.compile(r"^(?:渠道|来源)$"),
}  # fmt: skip
_SURELY = (
    r"认真(?:作答|答题|填写)|[本此这][一]?[行题项]请选|注意力|attention|(?:^|[\W_])att(?:n|ention)?\d*(?:$|[\W_])|"
    r"control question|甄别|检测题|陷阱题|attcheck"
)
_SURE_ATTENTION = re.compile(_SURELY)
_ATTENTION = re.compile(
    rf"{_SURELY}|请(?:在)?(?:本|此|这)?[一]?[行题项]?.{{0,6}}(?:选择?|勾选|点击)|"
    r"please (?:select|choose|tick|pick|mark|answer)|\btrap\b|^(?:select|choose|tick) "
)


_DAY = r"\b(?:date|time)\b"
_TIME_CUES = (
    (
        "started_at",
        re.compile(
            r"(?:开始|起始).*(?:时间|日期)|\b(?:start(?:ed)?|begin|began)\b.*\b(?:date|time|at)\b|"
            rf"{_DAY}.*\b(?:start(?:ed)?|began)\b|startdate|starttime|"
            r"\b(?:start|beginning) of (?:the )?(?:interview|survey)"
        ),
    ),
    (
        "submitted_at",
        re.compile(
            r"(?:提交|交卷|完成|结束|填写|填表|作答|答题|填报|回收|答卷).*(?:时间|日期)|"
            r"\b(?:submit(?:ted)?|submission|complet(?:ed|ion)|end(?:ed)?|finish(?:ed)?)\b.*\b(?:date|time|at|on)\b|"
            rf"{_DAY}.*\b(?:submitted|completed|ended|finished|of (?:submission|completion))\b|"
            r"enddate|endtime|submitdate|\bend of (?:the )?(?:interview|survey)"
        ),
    ),
)
_TOKEN_CUE = re.compile(
    r"(?:答卷|问卷|回复|作答|样本|受访者|respondent|response|submission|record|entry).{0,4}(?:id|编号|号码?|no\.?|number|key)"
    r"|^(?:uuid|guid|key|respondent|受访者|样本|编号|id)$"
)
_BIRTH = re.compile(r"出生|生日|入职|birth|joined|hired|since")
_ABOUT_PERSON = re.compile(
    r"年龄|性别|学历|教育程度|职业|职位|岗位|职级|工龄|司龄|年限|部门|地区|区域|所在地|收入|行业|规模|"
    r"\bages?\b|gender|\bsex\b|education|occupation|\bjob\b|department|region|tenure|seniority|income|years? (?:of|in)"
)


def time_cue(header: str) -> str:
    """The time that a cleaned header is about though no tool calls it so: started_at, submitted_at or ''."""
    name = header.casefold()
    if _BIRTH.search(name):
        return ""
    return next((field_name for field_name, cue in _TIME_CUES if cue.search(name)), "")


def token_cue(header: str) -> bool:
    """Whether a header seems to number the responses."""
    return bool(_TOKEN_CUE.search(header.casefold().strip(" :：.")))


_MEANINGLESS = re.compile(
    r"(?:字段|列|变量|未命名|unnamed|field|column|var|variable)(?:[\s_:.\-]*[a-z]?\d{0,5}){0,3}|"
    r"(?=.*\d)[vqfxg](?:[\s_:.\-]*[a-z]?\d{0,5}[a-z]?){0,3}"
)


def is_meaningless(header: str) -> bool:
    """Whether a header only numbers its column: `V12`, `字段A`, `Unnamed: 3`."""
    return bool(_MEANINGLESS.fullmatch(header.casefold().strip()))


def about_person(header: str) -> bool:
    """Whether a question is about the respondent: age, department; its answers may look like ratings."""
    return bool(_ABOUT_PERSON.search(header.casefold()) or _BIRTH.search(header.casefold()))


def field_of(header: str) -> tuple[str, int] | None:
    """The field that a cleaned header names, and its rank among the field's names (0 is the surest).

    LimeSurvey can write the code and the text: `submitdate. Date submitted`.
    """
    name = header.casefold().strip(" :*?？：")
    code, dot, text = name.partition(". ")
    if dot and (found := field_of(code)) and (field_of(text) or ("",))[0] == found[0]:
        return found
    for key, patterns in _ORDERED.items():
        for rank, pattern in enumerate(patterns):
            if pattern.fullmatch(name):
                return key, rank
    return None


def is_personal(header: str) -> bool:
    """Whether a column is about who somebody is: IP, name, address, phone. Its cells are never kept."""
    return bool(_PERSONAL.fullmatch(header.casefold()))


def is_other(header: str) -> bool:
    """Whether a column is a tool's own figure that says nothing for a response."""
    return bool(_OTHER.fullmatch(header.casefold()))


def asks_for(name: str, header: str) -> bool:
    """Whether a question's wording asks for a field."""
    return bool(_CUES[name].search(header.casefold()))


def asks_attention(header: str, *, surely: bool) -> bool:
    """Whether a row only asks for a certain answer; outside a matrix of issues it must `surely` say so."""
    return bool((_SURE_ATTENTION if surely else _ATTENTION).search(header.casefold()))


def duration_unit(header: str) -> float:
    """Seconds that a bare number under this header is worth."""
    return 60.0 if re.search(r"分钟|minutes?|\bmin\b", header.casefold()) else 1.0


ITEM, FIELD, PROFILE, ATTENTION, IGNORED = "item", "field", "profile", "attention", "ignored"
KINDS = (ITEM, FIELD, PROFILE, ATTENTION, IGNORED)
# Fields of the `responses` format, and two that are turned into them: seconds, and whether it was submitted.
# TRIAL says which rows are tests or previews, which are not read.
DURATION, FINISHED, TRIAL = "duration", "finished", "trial"
FIELDS = (
    "token", "group", "channel", "language", "started_at", "submitted_at", "consent", "comment", DURATION, FINISHED,
    TRIAL,
)  # fmt: skip
# Fields that can be said of a whole file.
CONSTANTS = ("group", "channel", "language", "submitted_at")
# Dimension of an item's column whose dimension is the one that the row's group is asked.
BY_GROUP = "by-group"


OUTSIDE_DROP, OUTSIDE_KEEP, OUTSIDE_WIDEN = "drop", "keep", "plan"


class BrokenMatch(ValueError):
    """What should be a match is none."""


@dataclass(frozen=True)
class Target:
    """What a column is: `code` is an issue's code, a field's name or a profile question's code.

    `detail` is an item's dimension, or of a question with several choices the option that the column stands for.
    """

    kind: str
    code: str = ""
    detail: str = ""

    @property
    def text(self) -> str:
        """As people write it: `SOC-03-01:society`, `group`, `profile:age`, `attention`, `ignored`."""
        if self.kind == ITEM:
            return f"{self.code}:{self.detail}"
        if self.kind == PROFILE:
            return f"profile:{self.code}" + (f":{self.detail}" if self.detail else "")
        return self.code if self.kind == FIELD else self.kind


@dataclass(frozen=True)
class Column:
    """One column of the file. `header` is its own text, `turn` which of several with that text it is (from 0).

    `values` names the value map of the match that holds for it, '' for none. `why` says why it is ignored.
    """

    header: str
    turn: int
    target: Target
    values: str = ""
    why: str = ""


@dataclass(frozen=True)
class Match:
    """All columns of a file, its value maps (`texts.word` of an answer -> value) and how it writes times.

    Values of ratings: "1".."K", DK, NA, ''. `dates` is `ymd`, `dmy` or `mdy`; `zones` are the columns' time zones by
    field where the tool or the file fixes one, `zone` that of all others ('' = the survey's); `seconds` is what one
    unit of the duration is worth. `layouts` are those of the sheets (`layout.SheetLayout`) of the file with the SHA-256
    `sha256`; other files are looked at anew. `constants` hold for every row, by field. `outside` says what becomes of
    ratings that the row's group is not asked: OUTSIDE_DROP, OUTSIDE_KEEP, or '' where nobody said. `lengths` are the
    points of the file's own scale by value map, where a person said that it is another than the survey's. `meant` are
    sheets, columns, items and texts by kind of doubt that a person said are meant so, of this file and the next.
    """

    tool: str
    columns: tuple[Column, ...]
    maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: str = "ymd"
    zones: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 1.0
    zone: str = ""
    sha256: str = ""
    layouts: tuple[Mapping, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    outside: str = ""
    lengths: Mapping[str, int] = field(default_factory=dict)
    meant: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def to_json(self) -> dict:
        """Plain values."""
        return asdict(self) | {"columns": [asdict(column) for column in self.columns]}

    @classmethod
    def from_json(cls, plain: Mapping) -> "Match":
        """The match of `to_json`; BrokenMatch where it is none."""
        try:
            columns = tuple(Column(**{**column, "target": Target(**column["target"])}) for column in plain["columns"])
            more = {"layouts": tuple(plain.get("layouts", ()))}
            # Matches saved before headers were searched for name the number of rows.
            known = {name: value for name, value in plain.items() if name != "head_rows"}
            return cls(**{**known, **more, "columns": columns})
        except (KeyError, TypeError, ValueError) as error:
            raise BrokenMatch(str(error)) from error

    def items(self) -> list[tuple[str, str]]:
        """The (code, dimension) of all columns of items."""
        return [(each.target.code, each.target.detail) for each in self.columns if each.target.kind == ITEM]


def read_target(text: str, items: Sequence[tuple[str, str]], questions: Mapping[str, Sequence[str]]) -> Target | None:
    """The target that a person wrote; None where the survey has none of that name.

    `questions` are the codes of the profile questions, each with the codes of its options.
    """
    name = text.strip().partition(" ")[0]
    known = {f"{code}:{dimension}".casefold(): Target(ITEM, code, dimension) for code, dimension in items}
    known |= {f"{code}:{BY_GROUP}".casefold(): Target(ITEM, code, BY_GROUP) for code, _dimension in items}
    known |= {field_name: Target(FIELD, field_name) for field_name in FIELDS}
    known |= {kind: Target(kind) for kind in (ATTENTION, IGNORED)} | {"": Target(IGNORED)}
    for code, options in questions.items():
        known[f"profile:{code}".casefold()] = Target(PROFILE, code)
        known |= {f"profile:{code}:{option}".casefold(): Target(PROFILE, code, option) for option in options}
    return known.get(name.casefold())


FORMBRICKS, KOBO, OTHER = "formbricks", "kobotoolbox", ""
# Ready-made matches by name.
READY_MADE = (LIMESURVEY, WJX, FORMBRICKS, KOBO)
NAMES = {LIMESURVEY: "LimeSurvey", WJX: "问卷星", FORMBRICKS: "Formbricks", KOBO: "KoboToolbox", QUALTRICS: "Qualtrics"}
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
_SIGNS[QUALTRICS] = (
    "responseid", "recordeddate", "duration (in seconds)", "distributionchannel", "userlanguage", "ipaddress",
    "recipientlastname", "externalreference", "locationlatitude", "recipientemail",
)  # fmt: skip
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

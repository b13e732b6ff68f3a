"""Items among the columns of a foreign file: issue, dimension, and what the answers mean."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from materiality.scoring.cube import BUSINESS, DIMENSIONS, SOCIETY
from materiality.tables.problems import column_letters
from surveys.matching.doubts import ColumnAnswers, Doubt
from surveys.matching.match import ATTENTION, BY_GROUP, ITEM, Asked, Target, asks_attention
from surveys.matching.values import Values, looks_like_rating, values_of
from surveys.matching.words import Head, Issues, absent, asks_ranking, dimension_of, side_of, turned_round, word

_MOST_LEVELS, _LONGEST_LEVEL = 15, 60
# So many columns with three and more different ratings, and none at the scale's end: it may be a shorter scale.
_MANY_COLUMNS = 5


class ItemGuess:
    """Targets by column, and the value map of each such column."""

    def __init__(self, heads: Sequence[Head], answers: Sequence[ColumnAnswers], asked: Asked, issues: Issues, tool: str,
                 *, options: bool = False):  # fmt: skip
        self.heads, self.answers, self.asked, self.issues = heads, answers, asked, issues
        self.tool, self.options = tool, options
        self.targets: dict[int, Target] = {}
        self.maps: dict[str, dict[str, str]] = {}
        self.map_of: dict[int, str] = {}
        self.doubts: list[Doubt] = []
        self._turned: set[str] = set()
        rated = [column for column, each in enumerate(answers) if self._rated(each)]
        self.found = [at for at, head in enumerate(heads) if head.found and (at in rated or _few(answers[at]))]
        self.blocks = {heads[column].block for column in self.found} - {""}
        self._strangers([column for column in rated if not heads[column].found])
        self._dimensions()
        self._values()

    def _rated(self, answers: ColumnAnswers) -> bool:
        return not answers.many and looks_like_rating(answers.texts, self.asked.k, self.tool)

    def _doubt(self, code: str, column: int, **params: object) -> None:
        self.doubts.append(Doubt(code, column, self.heads[column].text[:200], params))

    def _strangers(self, columns: Sequence[int]) -> None:
        """Rows of a matrix that are no issue of the survey: the attention question, a misspelt issue, another one."""
        known = {self.heads[column].found.code for column in self.found}
        for column in columns:
            head = self.heads[column]
            inside = head.block in self.blocks
            if asks_attention(head.row if inside else head.text, surely=not inside):
                if Target(ATTENTION) not in self.targets.values():
                    self.targets[column] = Target(ATTENTION)
            elif inside or dimension_of(head.stem):
                near = self.issues.near(head.row or head.text)
                if near and (near.code not in known or head.found is None):
                    self.heads[column] = replace(head, found=near)
                    self.found.append(column)
                    self._doubt("near_issue", column, target=near.code)
                elif inside:
                    self._doubt("unknown_issue", column)

    def _dimensions(self) -> None:
        """Each item's dimension, by its question, by the survey, by the words of its answers."""
        said = {column: self._said(column) for column in self.found}
        words = self._words_of(said)
        contrasted = self._contrasted([column for column in self.found if not said[column]])
        taken: dict[tuple[str, str], int] = {}
        for column in sorted(self.found):
            code = self.heads[column].found.code
            dimension = said[column] or self._only(code) or contrasted.get(column) or self._by_group(code)
            dimension = dimension or self._by_words(column, words)
            if not dimension:
                free = [each for each in DIMENSIONS if (code, each) not in taken]
                dimension = free[0] if free else SOCIETY
                self._doubt("dimension", column)
            if (code, dimension) in taken:
                self._doubt(
                    "doubled", column, target=f"{code}:{dimension}", first=column_letters(taken[code, dimension])
                )
                continue
            taken[code, dimension] = column
            self.targets[column] = Target(ITEM, code, dimension)

    def _said(self, column: int) -> str:
        head = self.heads[column]
        rest = head.found.rest if head.found else ""
        question = head.stem or rest
        turned = "turned_round" if turned_round(question) else "ranking" if asks_ranking(question) else ""
        if turned and head.block not in self._turned:
            self._turned.add(head.block)
            self._doubt(turned, column)
        return dimension_of(rest) or dimension_of(head.stem) or ""

    def _only(self, code: str) -> str:
        asked = [dimension for each, dimension in self.asked.items if each == code]
        return asked[0] if len(asked) == 1 else ""

    def _contrasted(self, columns: Sequence[int]) -> dict[int, str]:
        """Dimensions of columns that say no more than `社会` and `公司`, of an issue that has one of each."""
        sides: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for column in columns:
            found = self.heads[column].found
            if dimension := side_of(found.rest):
                sides[found.code][dimension].append(column)
        return {
            column: dimension
            for each in sides.values()
            if len(each) == 2
            for dimension, of_side in each.items()
            for column in of_side
        }

    def _by_group(self, code: str) -> str:
        """`by-group` where one column alone is about the issue and each group is asked one dimension of it at most."""
        columns = [column for column in self.found if self.heads[column].found.code == code]
        items = [item for item in self.asked.items if item[0] == code]
        if len(columns) != 1 or not self.asked.plan:
            return ""
        asked = [[item for item in items if self.asked.asks(group.code, item)] for group in self.asked.groups]
        return (
            BY_GROUP
            if max(map(len, asked), default=0) == 1 and len({item for each in asked for item in each}) == 2
            else ""
        )

    def _words(self, column: int) -> set[str]:
        keys = {word(text) for text in self.answers[column].texts}
        return {key for key in keys if absent(key, self.tool) is None}

    def _words_of(self, said: dict[int, str]) -> dict[str, set[str]]:
        words: dict[str, set[str]] = defaultdict(set)
        for column, dimension in said.items():
            words[dimension] |= self._words(column)
        return words

    def _by_words(self, column: int, words: dict[str, set[str]]) -> str:
        """By words that only one dimension uses; where no question says anything, sizes are the business."""
        own = self._words(column)
        if words[SOCIETY] or words[BUSINESS]:
            only = {each: words[each] - words[_other(each)] for each in DIMENSIONS}
            fitting = [each for each in DIMENSIONS if len(own & only[each]) * 2 > len(own)]
            return fitting[0] if len(fitting) == 1 else ""
        sized, weighed = _sized(own), any("重要" in key or "important" in key for key in own)
        every = words[""]
        if sized != weighed and _sized(every) and any("重要" in key or "important" in key for key in every):
            self._doubt("dimension_by_answers", column)
            return BUSINESS if sized else SOCIETY
        return ""

    def _values(self) -> None:
        """One value map per dimension where all its columns agree, else one per question."""
        kinds: dict[str, list[int]] = defaultdict(list)
        for column, target in sorted(self.targets.items()):
            if target.kind == ITEM:
                kinds[target.detail].append(column)
        for dimension, columns in kinds.items():
            # Questions that run the other way round have words of their own, which can be turned without the rest.
            turned = [column for column in columns if self.heads[column].block in self._turned]
            if len(turned) == len(columns):
                turned = []
            self._values_of(f"{dimension}-turned", turned)
            self._values_of(dimension, [column for column in columns if column not in turned])
            self._check_end(columns)
        for column, target in self.targets.items():
            if target.kind == ATTENTION:
                near = [other for other in self.map_of if self.heads[other].block == self.heads[column].block]
                self.map_of[column] = self.map_of[near[0]] if near else next(iter(self.maps), "")

    def _values_of(self, dimension: str, columns: Sequence[int]) -> None:
        if not columns:
            return
        values = self._read(columns)
        parts: dict[str, list[int]] = defaultdict(list)
        for column in columns:
            parts[self.heads[column].block].append(column)
        read = [(part, self._read(part)) for part in parts.values()] if values.unknown or values.doubts else []
        if all(each.unknown or each.doubts for _part, each in read):
            self._keep(dimension, columns, values)
            return
        for number, (part, each) in enumerate(read, 1):
            self._keep(f"{dimension}-{number}", part, each)

    def _read(self, columns: Sequence[int]) -> Values:
        texts = {text for column in columns for text in self.answers[column].texts}
        return values_of(texts, self.asked.k, tool=self.tool, options=self.options)

    def _check_end(self, columns: Sequence[int]) -> None:
        """A doubt where many columns are so varied that the end of the scale should occur, and it never does."""
        maps = {at: self.maps[self.map_of[at]] for at in columns}
        words = [{known.get(word(text), "") for text in self.answers[at].texts} for at, known in maps.items()]
        given = [{int(rating) for rating in some if rating.isdigit()} for some in words]
        top = max(set().union(*given), default=self.asked.k)
        varied = sum(len(ratings) > 2 for ratings in given)
        if top < self.asked.k and (varied >= _MANY_COLUMNS or (varied and 2 * varied >= len(columns))):
            self._doubt("scale_end", columns[0], value=top, k=self.asked.k)

    def _keep(self, name: str, columns: Sequence[int], values: Values) -> None:
        self.maps[name] = values.known
        self.map_of |= dict.fromkeys(columns, name)
        for code, params in values.doubts:
            self._doubt(code, columns[0], **params)
        if values.unknown and not any(code == "order_of_words" for code, _params in values.doubts):
            self._doubt("unknown_values", columns[0], values=", ".join(values.unknown[:12]))


def _few(answers: ColumnAnswers) -> bool:
    """Whether the answers could be a scale of unknown words."""
    texts = answers.given()
    return not answers.many and 0 < len(texts) <= _MOST_LEVELS and max(map(len, texts)) <= _LONGEST_LEVEL


def _other(dimension: str) -> str:
    return BUSINESS if dimension == SOCIETY else SOCIETY


def _sized(words: set[str]) -> bool:
    return any("大" in key or "large" in key or "high" in key for key in words)

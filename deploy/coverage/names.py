"""The tests and the rows that their names begin with, read off the sources: nothing is built."""
import re
from dataclasses import dataclass

ROW = r"S\d-\d+"
# "S1-13, S4-55: ...", "S3-77 to S3-85: ..."; numbers of attacks may follow: "S0-03, row 46: ...".
PREFIX = re.compile(rf"({ROW}(?:(?:, | and | to ){ROW})*)(?:(?:, | and )rows? [^:]*)?:")
# What must not be taken for code; names in backticks are code and may hold quotes.
QUOTED = re.compile(r'`[^`\n]*`|//[^\n]*|/\*.*?\*/|""".*?"""|"(?:\\.|[^"\\\n])*"', re.DOTALL)
TYPE = re.compile(r"^([ \t]*)(?:@.*)?\b(?:struct|class|actor|enum|extension) (\w+)", re.MULTILINE)


@dataclass
class Test:
    suite: str
    function: str
    title: str
    disabled: bool

    @property
    def rows(self):
        """The rows it says that it proves, in its order."""
        found = PREFIX.match(self.title)
        return sum((_series(part) for part in re.split(", | and ", found[1])), []) if found else []

    @property
    def name(self):
        """Where to find it; what its name says about rows is said beside it already."""
        return f"{self.suite}.{PREFIX.sub('', self.function, count=1).strip()}"

    @property
    def stray(self):
        """Rows that are named where no reader of names finds them."""
        found = PREFIX.match(self.title)
        return re.findall(rf"\b{ROW}\b", self.title[found.end():] if found else self.title)


def _series(part):
    first, _, last = part.partition(" to ")
    if not last:
        return [first]
    document, low = first.split("-")
    other, high = last.split("-")
    # A series that makes no sense names its ends, which are then asked for one by one.
    if document != other or int(low) > int(high):
        return [part]
    return [f"{document}-{number:02}" for number in range(int(low), int(high) + 1)]


def tests_in(folder):
    for path in sorted(folder.rglob("*.swift")):
        yield from _tests(path.read_text(), path.relative_to(folder).parts[0])


def _tests(text, target):
    code = QUOTED.sub(lambda match: match[0] if match[0][0] == "`" else re.sub(r"[^\n]", " ", match[0]), text)
    types = [(match.start(), len(match[1]), match[2]) for match in TYPE.finditer(code)]
    for match in re.finditer(r"^([ \t]*)@Test\b", code, re.MULTILINE):
        traits, end = _traits(code, match.end())
        function = re.search(r"\bfunc\s+(`[^`]+`|\w+)", code[end:])[1].strip("`")
        displayed = re.match(r'\(\s*"((?:\\.|[^"\\])*)"', text[match.end():])
        above = [name for start, depth, name in types if start < match.start() and depth < len(match[1])]
        title = re.sub(r"\\(.)", r"\1", displayed[1]) if displayed else function
        yield Test(f"{target}.{above[-1]}" if above else target, function, title, ".disabled(" in traits)


def _traits(code, start):
    """What stands in the parentheses after @Test, and where it ends."""
    if code[start:start + 1] != "(":
        return "", start
    depth = 0
    for at in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return code[start:at], at
    return "", start

"""Recorded answers of real FEs (recorded/answers/RELEASE/TOPIC.jsonl), and what differs from them.

A file is JSON lines: a header; "columns" and "row" lines that later lines name by number; and one
line a statement, in the order in which they were sent. What differs from one run to the next (ids,
times, hosts) stands there as a placeholder; recorded/answers/rules.json says which text may stand
in its place, and what else is compared in a looser way, and why. Keys of a statement besides its
answer:
    some        only these columns of the answer were kept
    each        all rows are compared, in any order
    on          which connection, or which FE, was asked
    event       what was done to the FEs before it
    at          how many seconds after the last event it was sent
    hangs       no answer came
    unrecorded  statements sent before it: that FE's journal has them, the list of answers has not
"""
import json
import re
from functools import lru_cache
from pathlib import Path

from fe_rig import Lost, Ok, Rows, SqlError

ANSWERS = Path(__file__).parent / "recorded" / "answers"
RULES = json.loads((ANSWERS / "rules.json").read_text())
UNPLAYED = json.loads((ANSWERS / "unplayed.json").read_text())
PLACEHOLDER = re.compile(r"(<[a-z]+(?: \d+)?>)")


class Recording:
    def __init__(self, release, topic):
        self.columns, self.rows, self.statements = {}, {}, []
        with open(ANSWERS / release / f"{topic}.jsonl", encoding="utf-8") as lines:
            self.header = json.loads(next(lines))
            for line in map(json.loads, lines):
                if "are" in line:
                    self.columns[line["columns"]] = line["are"]
                elif "is" in line:
                    self.rows[line["row"]] = line["is"]
                else:
                    self.statements.append(line)

    def row(self, row):
        return self.rows[row] if isinstance(row, int) else row


def unplayed(release, topic):
    """What is listed as not played, by the statement's number."""
    return {n: entry for entry in UNPLAYED["statements"] if entry["topic"] == topic
            for n in entry["at"].get(release, [])}


def may_be_null(text):
    rule = RULES["placeholders"].get(text[1:-1], {}) if PLACEHOLDER.fullmatch(text) else {}
    return rule.get("null", False)


@lru_cache(maxsize=None)
def pattern(text):
    """The recorded text as a regular expression; ids are groups, in order."""
    parts, ids = [], []
    for part in PLACEHOLDER.split(text):
        name = part[1:-1].split()[0] if PLACEHOLDER.fullmatch(part) else None
        if name == "id":
            ids.append(part[4:-1])
            parts.append(r"(\d+)")
        elif name in RULES["placeholders"]:
            parts.append("(?:" + RULES["placeholders"][name]["is"] + ")")
        else:
            parts.append(re.escape(part))
    return re.compile("".join(parts), re.DOTALL), ids


class Comparer:
    """Compares; remembers which id here stands for which recorded one, one to one."""

    def __init__(self):
        self.ids, self.used = {}, {}

    def same(self, recorded, got):
        if recorded is None or got is None:
            return recorded is got or (recorded is not None and may_be_null(recorded))
        regex, ids = pattern(recorded)
        match = regex.fullmatch(got)
        if match is None:
            return False
        new = dict(zip(ids, match.groups()))
        return all(self.ids.get(k, v) == v and self.used.get(v, k) == k for k, v in new.items())

    def learn(self, recorded, got):
        if recorded is not None and got is not None:
            regex, ids = pattern(recorded)
            for theirs, ours in zip(ids, regex.fullmatch(got).groups()):
                self.ids[theirs] = ours
                self.used[ours] = theirs

    def to_send(self, sql):
        return re.sub(r"<id (\d+)>", lambda m: self.ids.get(m[1], m[1]), sql)

    def same_row(self, recorded, got):
        return len(recorded) == len(got) and all(map(self.same, recorded, got))

    def rows(self, sql, names, recorded, got, each=False):
        rule = next((r for r in RULES["rows"] if re.match(r["of"], sql, re.I | re.S)), {})
        rule = {"order": "any"} if each else rule
        recorded, left = kept(rule, sql, names, recorded), kept(rule, sql, names, got)
        for n, row in enumerate(recorded):
            if rule.get("order") == "set" and row in recorded[:n]:
                continue
            at = range(len(left) if "order" in rule else min(1, len(left)))
            found = next((i for i in at if self.same_row(row, left[i])), None)
            if found is None:
                return self.nearest(names, row, [left[i] for i in at])
            for cells in zip(row, left[found]):
                self.learn(*cells)
            del left[found]
        if rule.get("order") == "set":
            left = [r for r in left if not any(self.same_row(row, r) for row in recorded)]
        if "also" in rule:
            column, value = rule["also"]
            left = [r for r in left if r[names.index(column)] != value]
        return f"rows too many: {left!r}" if left else None

    def nearest(self, names, row, left):
        """How the row differs from the one that differs least."""
        if not left:
            return f"no such row: {row!r}"
        near = max(left, key=lambda r: sum(map(self.same, row, r)))
        cells = [f"    {n}: {excerpt(a, b)}" for n, a, b in zip(names, row, near)
                 if not self.same(a, b)]
        return f"row {row[:3]!r}, the nearest is {near[:3]!r}:\n" + "\n".join(cells)

    def answer(self, recording, entry, sql, got):
        """What differs, or None."""
        if "lost" in entry:
            return None if isinstance(got, Lost) else f"not lost: {got!r}"
        if "error" in entry:
            if not isinstance(got, SqlError):
                return f"no error: {brief(got)}, recorded {entry['error']}"
            code, state, message = entry["error"]
            if (code, state) == (got.code, got.sqlstate) and self.same(message, got.message):
                return None
            return f"error {got}\n  recorded {entry['error']}"
        if isinstance(got, (SqlError, Lost)):
            return f"{got!r}, recorded success"
        if "ok" in entry:
            if not isinstance(got, Ok):
                return f"not OK: {brief(got)}"
            if not sql.startswith("INSERT") and got.affected != entry["ok"].get("affected", 0):
                return f"affected {got.affected}, recorded {entry['ok'].get('affected', 0)}"
            info = entry["ok"].get("info", "")
            return None if self.same(info, got.info) else f"info {got.info!r}, recorded {info!r}"
        if not isinstance(got, Rows):
            return f"no rows: {brief(got)}"
        columns = [[c["name"], c["type"], c["length"]] for c in got.columns]
        recorded = recording.columns[entry["columns"]]
        if "some" in entry:
            names = [c[0] for c in recorded]
            got, columns = some_columns(got, names), [[n] for n in names if n in got.names]
        if len(recorded[0]) == 1:
            columns = [c[:1] for c in columns]
        if columns != recorded:
            only = [c for c in zip(recorded, columns) if c[0] != c[1]]
            return f"columns differ: {only!r}, {len(recorded)} recorded, {len(columns)} here"
        if "rows" not in entry:  # a stand-in node gave none; a real one gives a constant's row
            constant = "artifact" in entry and re.match(r"SELECT(?!.*\bFROM\b)", sql, re.I | re.S)
            return f"{len(got.rows)} rows of constants" if constant and len(got.rows) != 1 else None
        rows = [recording.row(r) for r in entry["rows"]]
        if "of" in entry:
            return None if rows_contain(self, rows, got.rows) else "not among the rows: some"
        return self.rows(sql, got.names, rows, got.rows, "each" in entry)


def some_columns(got, names):
    """The answer with only these columns of it."""
    return Rows([c for n in names for c in got.columns if c["name"] == n],
                [[row[got.names.index(n)] for n in names if n in got.names] for row in got.rows],
                got.status)


def kept(rule, sql, names, rows):
    """The rows that a rule looks at."""
    if "without" in rule:
        column, value = rule["without"]
        return [r for r in rows if r[names.index(column)] != value]
    if "only" not in rule:
        return list(rows)
    column, value = rule["only"]
    value = sql if value == "<sql>" else value
    return [r for r in rows if r[names.index(column)] == value]


def excerpt(recorded, got):
    """From a little before the first difference."""
    if recorded is None or got is None:
        return f"recorded {recorded!r}, here {got!r}"
    at = next((i for i, (a, b) in enumerate(zip(recorded, got)) if a != b), 0)
    at = max(0, at - 30) if not PLACEHOLDER.search(recorded) else 0
    return f"recorded {recorded[at:at + 400]!r}\n        here {got[at:at + 400]!r}"


def rows_contain(comparer, recorded, got):
    return all(any(comparer.same_row(r, g) for g in got) for r in recorded)


def brief(got):
    if isinstance(got, Rows):
        return f"{len(got.rows)} rows of {got.names}"
    return "OK" if isinstance(got, Ok) else repr(got)

"""
The places in belay's source that make a kubectl argument vector, each with the words that are constants
there. A vector is made in one of two ways: by a function that takes its words up to NULL, or by words
added one by one in the function that runs them.
"""
import glob
import os
import re

from practice import TOP

TAKE_WORDS = {"action_kubectl": 2, "page_kubectl": 3, "restore_kubectl_operator": 3}  # words begin there
ONE_BY_ONE = ("kube_run", "kube_process", "kube_argv")
MAKERS = ("kube_get", "kube_can")


class Site:
    def __init__(self, file, function, words):
        self.file, self.function, self.words = file, function, words

    def matches(self, text):
        """Could this vector (by spaces, from the verb on) have come from here? Numbers differ."""
        return re.match(".*?".join(re.escape(numberless(word)) for word in self.words),
                        numberless(text), re.S) is not None

    def __repr__(self):
        return f"{self.file} {self.function}: {' … '.join(self.words)}"


def numberless(text):
    return re.sub(r"\d+", "N", text)


def split(text):
    """The arguments of a call, whose text begins behind its parenthesis."""
    found, depth, begin, quoted, i = [], 0, 0, None, 0
    while i < len(text):
        c = text[i]
        if quoted:
            i += c == "\\"
            quoted = None if c == quoted else quoted
        elif c in "\"'":
            quoted = c
        elif c in "([{":
            depth += 1
        elif c in ")]}" and depth > 0:
            depth -= 1
        elif c == ")":
            return [*found, text[begin:i].strip()]
        elif c == "," and depth == 0:
            found.append(text[begin:i].strip())
            begin = i + 1
        i += 1
    return found


def constant(argument):
    """The text of one or several literals side by side; None: it is no constant."""
    if not re.fullmatch(r'(?:"(?:[^"\\]|\\.)*"\s*)+', argument):
        return None
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', argument)).replace('\\"', '"')


def functions(text):
    """(name, body) of each function of a C file in this style: both braces of it in the first column."""
    for found in re.finditer(r"^[a-z][^;{}#]*?\b(\w+)\([^;{}]*\)\n\{\n(.*?)^\}", text, re.M | re.S):
        yield found[1], found[2]


def sites():
    """([site], the functions that add words one by one)."""
    found, by_hand = [], set()
    for path in sorted(glob.glob(os.path.join(TOP, "shell", "**", "*.c"), recursive=True)
                       + glob.glob(os.path.join(TOP, "commands", "**", "*.c"), recursive=True)):
        file = os.path.relpath(path, TOP)
        with open(path, encoding="utf-8") as source:
            text = re.sub(r"/\*.*?\*/", "", source.read(), flags=re.S)
        for function, body in functions(text):
            for name, first in TAKE_WORDS.items():
                for call in re.finditer(rf"\b{name}\(", body):
                    words = [constant(word) for word in split(body[call.end():])[first:]]
                    if any(words):
                        found.append(Site(file, function, list(filter(None, words))))
            for call in re.finditer(r"\bkube_get\(", body):
                kind, name, selector = (split(body[call.end():]) + ["NULL"] * 4)[1:4]
                words = ["get ", (constant(kind) or "") + " " * (name != "NULL")]
                found.append(Site(file, function, [
                    *words, *(["--selector="] if selector != "NULL" else []), "--output=json"]))
            for call in re.finditer(r"\bkube_can\(", body):
                words = [constant(word) for word in split(body[call.end():])[1:]]
                found.append(Site(file, function, ["auth can-i", *filter(None, words)]))
            if function not in (*MAKERS, *ONE_BY_ONE, *TAKE_WORDS) and \
                    re.search(rf"\b({'|'.join(ONE_BY_ONE)})\(", body):
                by_hand.add(function)
    return found, by_hand

"""
What the practice cluster's kubectl answered, asked again of a real one that holds the same objects.

An answer is the same when exit status and words are, but for what a server makes up anew: uids, resource
versions, times. JSON of an object may hold more at the real one (defaults, managed fields), never less
and never something else.
"""
import json
import re

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DATE = re.compile(r" Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$", re.M)
CHANGING = ("resourceVersion", "uid", "creationTimestamp", "managedFields", "imageID",
            "gitVersion", "gitCommit", "gitTreeState", "buildDate", "goVersion")


def steady(record):
    """Nothing happened to the objects beside the call, so that "before" is what it met."""
    if len(record["before"]) != len(record["after"]) and words(record)[0] in ("get", "auth", "explain"):
        return False
    if words(record)[0] in ("get", "auth", "explain", "rollout", "wait", "version", "api-versions"):
        return record["before"] == record["after"]
    return True


def words(record):
    return [word for word in record["args"] if not word.startswith("--")]


def real_args(record, versions):
    """The same call for the real cluster: its context; resource versions that were true there are here."""
    args = []
    for word in record["args"]:
        if word.startswith("--kubeconfig="):
            continue
        args.append(translated(word, versions))
    return args, translated(record["stdin"], versions)


def versions_of(before, plane):
    """{resource version there: here} of all objects that were there."""
    found = {}
    for resource, ns, thing in before:
        there = thing["metadata"].get("resourceVersion")
        here = plane.resource_version(resource, ns, thing["metadata"]["name"])
        if there and here:
            found[there] = here
    return found


def translated(text, versions):
    """Only where a resource version stands: beside its path or its key."""
    def one(match):
        return match[1] + versions.get(match[2], match[2]) + match[3]
    text = re.sub(r'("path":"/metadata/resourceVersion","value":")(\d+)(")', one, text)
    return re.sub(r'("resourceVersion":")(\d+)(")', one, text)


def difference(record, done):
    """What differs between the two answers, as lines; [] when they are the same."""
    lines = []
    if record["rc"] != done.returncode:
        lines.append(f"exit status {record['rc']} here, {done.returncode} there")
    here, there = record["out"], done.stdout.decode("utf-8", "replace")
    if words(record)[0] == "explain":  # whether there is such a field is what is asked; not its own fields
        here, there = (text.partition("\nDESCRIPTION:")[0] for text in (here, there))
    lines += text_difference("stdout", here, there, record)
    lines += text_difference("stderr", record["err"], done.stderr.decode("utf-8", "replace"), record)
    return lines


def as_json(text):
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, (dict, list)) else None


def text_difference(name, here, there, record):
    if name == "stderr" and "-v=8" in record["args"]:  # a log, of which the time is wanted
        here, there = (" ".join("Date" for _ in DATE.findall(text)) for text in (here, there))
    ours, theirs = as_json(here), as_json(there)
    if ours is not None and theirs is not None:
        return [f"{name}: {line}" for line in lacking(ours, theirs, "")]
    if plain(here) == plain(there):
        return []
    if holds_version(record) and blank_numbers(plain(here)) == blank_numbers(plain(there)):
        return []
    return [f"{name}: here  {plain(here)!r}", f"{name}: there {plain(there)!r}"]


def holds_version(record):
    """Its template prints a resource version, which is another number at each server."""
    return any("resourceVersion" in word for word in record["args"] if "jsonpath" in word)


def blank_numbers(text):
    return re.sub(r"\d+", "N", text)


def plain(text):
    text = STAMP.sub("TIME", text)
    text = re.sub(r"does not match the ResourceVersion in record \(\d+\)", "does not match", text)
    return re.sub(r"\(UID\)|\b(UID)\b", "UID", UID.sub("UID", text))


def lacking(ours, theirs, path):
    """What our answer has and the real one has not, or has otherwise."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        lines = []
        for key, value in ours.items():
            if key in CHANGING:
                continue
            if key not in theirs:
                if value not in (None, {}, [], "", 0, False):
                    lines.append(f"{path}.{key} is not in the real answer: {value!r}")
            else:
                lines += lacking(value, theirs[key], f"{path}.{key}")
        return lines
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return [f"{path} has {len(ours)} members here, {len(theirs)} there"]
        return [line for i, (a, b) in enumerate(zip(ours, theirs))
                for line in lacking(a, b, f"{path}[{i}]")]
    if ours == theirs or (isinstance(ours, str) and isinstance(theirs, str)
                          and plain(ours) == plain(theirs)):
        return []
    return [f"{path} is {ours!r} here, {theirs!r} there"]

#!/usr/bin/env python3
"""The house style, executed: reads the tree and fails with one sentence, file:line first, for each thing that breaks a rule.

  style.py [ROOT]        ROOT is the checkout (default: the folder above this file's)

Prints a table of function lengths at the end. Exit 0 nothing found, 1 something found. The rules are the check_*
functions below; tests/unit/style_selftest.py feeds each of them a bad example.
"""
import os
import re
import statistics
import sys

FUNCTION_MAX = 70
FILE_MAX = 700
HEADER_WARN, HEADER_MAX = 150, 200
COLUMNS_MAX = 120

# Folder below services/common -> layer. An include points down or stays in its folder.
LAYERS = {"base": 1,
          "kafka": 2, "avro": 2, "db": 2, "json": 2, "geo": 2, "hash": 2, "text": 2, "http": 2,
          "incident": 2.5, "pack": 2.5, "feed": 2.5, "registry": 2.5,
          "positions": 2.5, "normalizer": 3, "ledger": 3}
# Vendor header -> the one folder that may include it; None: any one folder, but only one.
VENDORS = {r"(librdkafka/)?rdkafka\w*\.h": "services/common/kafka",
           r"avro(/\w+)?\.h": "services/common/avro",
           r"(postgresql/)?libpq-fe\.h": "services/common/db",
           r"simdjson\.h": "services/common/json",
           r"microhttpd\.h": "services/common/http",
           r"geos_c\.h": "services/common/geo",
           r"proj\.h": "services/common/geo",
           r"sodium(/\w+)?\.h": "services/common/hash",
           r"openssl/\w+\.h": "services/common/hash",
           r"cjose/\w+\.h": "services/common/hash",
           r"zstd\.h": "services/common/hash",
           r"utf8proc\.h": "services/common/text",
           r"(gsl/)?gsl_\w+\.h": None,
           r"zlib\.h": "services/common/http",
           r"curl(/\w+)?\.h": "services/common/registry",
           r"jansson\.h": ("services/common/avro", "services/printer")}
BANNED = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atoll|gets|scanf|sscanf|fscanf)\s*\(")
SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE)\s")
UNFINISHED = re.compile(r"\b(" + "|".join(["FIX" + "ME", "TO" + "DO", "X" * 3]) + r")\b")
# Module -> why it has no unit test: what it does is only there with a server, and these tests have one.
# A file <module>_<part>.c beside <module>.c or .h is a part of that module: it may use its prefix and its test.
NO_UNIT_TEST = {"kafka": "a client of a broker: tests/faults/kafka_mock_test.c, tests/integration/test_config.py",
                "db": "a client of PostgreSQL: tests/integration/test_fold_property.py, test_config.py",
                "normalizer": "a whole program: tests/integration/test_hostile.py, test_config.py, test_replay.py (frames)",
                "engine": "consumer and producer together: tests/integration/test_hostile.py, test_archive.py, tests/faults",
                "engine_meter": "what the engine shows: tests/integration/test_metrics.py",
                "feed": "a client of a broker: tests/integration/test_archive.py, test_simulator.py",
                "fetch": "a client of a server: tests/integration/test_oidc.py",
                "jws": "needs a signer: tests/integration/test_oidc.py (bad signature, alg none, a shared secret)",
                "rules": "reads a build's rules from tables: tests/integration/test_fold_property.py, test_archive.py"}
TEXT_FILES = (".c", ".h", ".cpp", ".py", ".sh", ".sql", ".cmake", "CMakeLists.txt")
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


class Source:
    """One file: its text, and the text with comments, or comments and literals, made blank (same lines and columns)"""

    def __init__(self, root, path):
        self.path = path
        with open(os.path.join(root, path), encoding="utf-8", errors="replace", newline="") as f:
            self.text = f.read()
        self.lines = self.text.split("\n")
        self.is_c = path.endswith((".c", ".h", ".cpp"))
        if self.is_c:
            self.no_comments = TOKEN.sub(lambda m: m[0] if m[0][0] in "\"'" else blank(m[0]), self.text)
            self.bare = TOKEN.sub(lambda m: blank(m[0]), self.text)
            directives = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda m: blank(m[0]), self.bare, flags=re.M)
            self.functions = list(find_functions(directives)) if path.endswith(".c") else []

    def line_of(self, position):
        return self.text.count("\n", 0, position) + 1

    def folder(self):
        return os.path.dirname(self.path)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def find_functions(code):
    """(name, first line, lines, is static) of each function defined in code without comments, literals and directives"""
    depth = start = 0
    function = None
    for m in re.finditer(r"[{};]", code):
        if m[0] == "{":
            if depth == 0:
                function = function_head(code, start, m.start())
            depth += 1
        elif m[0] == "}":
            depth = max(depth - 1, 0)
            if depth == 0:
                if function:
                    name, at, static = function
                    first = code.count("\n", 0, at) + 1
                    yield name, first, code.count("\n", 0, m.start()) + 2 - first, static
                function, start = None, m.end()
        elif depth == 0:
            start = m.end()


def function_head(code, start, end):
    head = code[start:end]
    plain = re.sub(r"__attribute__\s*\(\(.*?\)\)", lambda m: blank(m[0]), head, flags=re.S)
    m = re.search(r"([A-Za-z_]\w*)\s*\(", plain)
    if not m or "=" in plain or not plain.rstrip().endswith(")"):
        return None
    at = start + len(head) - len(head.lstrip())
    return m[1], at, re.search(r"\bstatic\b", plain[:m.start()]) is not None


def read_tree(root):
    sources = []
    for top in ("services", "tests", "deploy", "schemas"):
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders[:] = sorted(d for d in folders if not d.startswith((".", "build", "node_modules", "__pycache__")))
            for name in sorted(files):
                if name.endswith(TEXT_FILES):
                    sources.append(Source(root, os.path.relpath(os.path.join(folder, name), root)))
    return sources


def in_services(source):
    return source.is_c and source.path.startswith("services/")


def check_lengths(source):
    if not in_services(source):
        return
    for name, line, length, _ in source.functions:
        if length > FUNCTION_MAX:
            yield line, f"{name} has {length} lines, the limit is {FUNCTION_MAX}."
    count = source.text.count("\n")
    limit = HEADER_MAX if source.path.endswith(".h") else FILE_MAX
    if count > limit:
        yield limit + 1, f"The file has {count} lines, the limit is {limit}."


def check_includes(source):
    if not in_services(source):
        return
    for m in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', source.no_comments, re.M):
        sentence = include_fault(source.folder(), m[1])
        if sentence:
            yield source.line_of(m.end()), sentence


def include_fault(folder, target):
    """What is wrong with folder including "target", or None. A name without a folder is one's own, or an embedded text."""
    parts = folder.split("/")
    if "/" not in target:
        return None
    first = target.split("/")[0]
    if first not in LAYERS:
        return f'"{target}" is neither of the own folder nor of a folder of services/common that has a layer.'
    if len(parts) < 3 or parts[1] != "common":
        return None
    own = parts[2]
    if own not in LAYERS:
        return f"services/common/{own} has no layer; give it one in tests/style.py and the architecture."
    if first != own and LAYERS[first] >= LAYERS[own]:
        return f'"{target}" is not below {own}: an include points down, or to the same folder.'
    return None


def vendor_includes(source, own):
    """(pattern, line, header) of each vendor header that the file includes; own: the paths of our own files"""
    for m in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', source.no_comments, re.M):
        for pattern in VENDORS:
            if re.fullmatch(pattern, m[1]) and f"services/common/{m[1]}" not in own:
                yield pattern, source.line_of(m.end()), m[1]


def check_vendors(sources):
    homes = {}
    own = {s.path for s in sources}
    for source in filter(in_services, sources):
        for pattern, line, header in vendor_includes(source, own):
            home = VENDORS[pattern] or homes.setdefault(pattern, source.folder())
            if source.folder() not in ((home,) if isinstance(home, str) else home):
                yield source, line, f"<{header}> may be included in {home} only."


def modules_of(source, paths):
    """The module names that the file may go by: its own, and that of which it is a part"""
    names = [os.path.splitext(os.path.basename(source.path))[0]]
    parts = names[0].split("_")
    for n in range(1, len(parts)):
        owner = "_".join(parts[:n])
        if any(f"{source.folder()}/{owner}{end}" in paths for end in (".c", ".cpp", ".h")):
            names.append(owner)
    return names


def check_exports(sources):
    paths = {s.path for s in sources}
    for source in sources:
        if not (source.path.startswith("services/common/") and source.path.endswith(".c")):
            continue
        names = [name.replace("-", "_") for name in modules_of(source, paths)]
        for function, line, _, static in source.functions:
            if not static and not any(function == n or function.startswith(n + "_") for n in names):
                yield source, line, f"{function} is exported without its file's prefix {names[-1]}_."


def check_calls(source):
    if not in_services(source):
        return
    for m in BANNED.finditer(source.bare):
        yield source.line_of(m.start()), f"{m[1]} is banned."
    for m in re.finditer(r'"(?:\\.|[^"\\\n])*"', source.no_comments):
        word = SQL.search(m[0].replace("\\n", "\n").replace("\\t", "\t"))
        if word:
            yield source.line_of(m.start()), f"{word[1]} in a string: SQL lives in .sql files."


def check_lines(source):
    for number, line in enumerate(source.lines, 1):
        if line != line.rstrip():
            yield number, "White space at the end of the line."
        if UNFINISHED.search(line):
            yield number, f"{UNFINISHED.search(line)[1]}: finish it or drop it."
        width = len(line.expandtabs(8))
        if source.is_c and width > COLUMNS_MAX:
            yield number, f"The line is {width} columns wide, the limit is {COLUMNS_MAX}."


STRINGS = r'(?:"(?:\\.|[^"\\])*"\s*)+'
ITEM = re.compile(r'\{\s*(?:\.name\s*=\s*)?"((?:LAGESBILD_|LOG_|SCHEMA_)[A-Z_0-9]*)"\s*,([^{}]*)\}', re.S)
POSITIONAL = re.compile(r"\s*CONF_\w+\s*,\s*(?:" + STRINGS + r"|\w+)\s*,\s*(" + STRINGS + r"|\w+)", re.S)
DESIGNATED = re.compile(r"\.help\s*=\s*(" + STRINGS + r"|\w+)", re.S)


def conf_items(source):
    """(line, name, help or None) of each conf_item of the file"""
    for m in ITEM.finditer(source.no_comments):
        if "CONF_" not in m[2]:
            continue
        found = (DESIGNATED.search if ".type" in m[2] or ".help" in m[2] else POSITIONAL.match)(m[2])
        words = found[1] if found else None
        if words and words.startswith('"'):
            words = "".join(re.findall(r'"((?:\\.|[^"\\])*)"', words)).strip()
        elif words == "NULL":
            words = None
        yield source.line_of(m.start()), m[1], words


def check_configuration(sources):
    known = "\n".join(s.no_comments for s in sources if s.path == "services/common/base/conf.c")
    for source in filter(in_services, sources):
        for line, name, words in conf_items(source):
            if not words:
                yield source, line, f"{name} has no help."
            if name.startswith("LAGESBILD_") and f'"{name}"' not in known:
                yield source, line, f"{name} is not in conf_known (services/common/base/conf.c)."


def check_modules(sources):
    paths = {s.path for s in sources}
    for source in sources:
        if not (source.path.startswith("services/common/") and source.path.endswith((".c", ".cpp"))):
            continue
        names = modules_of(source, paths)
        if not any(name in NO_UNIT_TEST or f"tests/unit/{name}_test.c" in paths for name in names):
            yield source, 1, f"The module has no tests/unit/{names[-1]}_test.c."


def check(sources):
    """(path, line, sentence) of everything that breaks a rule"""
    for source in sources:
        for rule in (check_lengths, check_includes, check_calls, check_lines):
            for line, sentence in rule(source):
                yield source.path, line, sentence
    for rule in (check_vendors, check_exports, check_configuration, check_modules):
        for source, line, sentence in rule(sources):
            yield source.path, line, sentence


def warnings(sources):
    for source in filter(in_services, sources):
        count = source.text.count("\n")
        if source.path.endswith(".h") and HEADER_WARN < count <= HEADER_MAX:
            yield f"{source.path}:{HEADER_WARN + 1}: warning: the header has {count} lines, {HEADER_WARN} is the aim."


def print_lengths(sources):
    groups = {}
    for source in filter(in_services, sources):
        name = "/".join(source.path.split("/")[1:3 if "/common/" in source.path else 2])
        groups.setdefault(name, []).extend(length for _, _, length, _ in source.functions)
    groups = {name: sorted(lengths) for name, lengths in sorted(groups.items()) if lengths}
    everything = sorted(length for lengths in groups.values() for length in lengths)
    print(f"{'function lines':<24}{'count':>7}{'median':>8}{'p95':>6}{'longest':>9}")
    for name, lengths in list(groups.items()) + [("all", everything)]:
        if lengths:
            p95 = lengths[min(len(lengths) - 1, int(len(lengths) * 0.95))]
            print(f"{name:<24}{len(lengths):>7}{statistics.median(lengths):>8g}{p95:>6}{lengths[-1]:>9}")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(here)
    sources = read_tree(root)
    if not any(in_services(s) for s in sources):
        print(f"{root}: no C sources below services/; is this the checkout?", file=sys.stderr)
        return 1
    found = sorted(set(check(sources)))
    for path, line, sentence in found:
        print(f"{path}:{line}: {sentence}")
    for sentence in warnings(sources):
        print(sentence)
    print_lengths(sources)
    print(f"{len(found)} found in {len(sources)} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

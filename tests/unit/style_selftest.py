#!/usr/bin/env python3
"""Feeds tests/style.py a small good tree, then one bad thing at a time, and looks for the sentence at the right line."""
import os
import subprocess
import sys
import tempfile
import unittest

STYLE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "style.py")

GOOD = {
    "services/common/base/conf.c": '''#include "base/conf.h"

/* strcpy( in a comment, and "SELECT it" too, is no call */
const char *const conf_known[] = {"LAGESBILD_PACK", NULL};

static const struct conf_item *const table[] = {
	{"LAGESBILD_PACK", CONF_TEXT, NULL, "The pack" " of a municipality.", &pack, 0, 0},
};

static int helper(void)
{
	puts("strcpy(");
	return 0;
}

int conf_load(int (*f)(void)) __attribute__((nonnull(1)));
int conf_load(int (*f)(void))
{
	return f() + helper();
}
''',
    "services/common/kafka/kafka.c": '#include "base/conf.h"\n#include <rdkafka.h>\n',
    "services/common/pack/pack.c": '#include "kafka/kafka.h"\n#include "pack/other.h"\n',
    "services/aggregator/main.c": '#include "ledger/ledger.h"\n#include "own.h"\n\nint main(void)\n{\n\treturn 0;\n}\n',
    "tests/unit/conf_test.c": "#include <rdkafka.h>\n",
    "tests/unit/pack_test.c": "int main(void)\n{\n\treturn 0;\n}\n",
}


def function(name, lines):
    return f"static int {name}(void)\n{{\n" + "\tpuss();\n" * (lines - 3) + "}\n"


def style(extra):
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**GOOD, **extra}.items():
            if text is None:
                continue
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as f:
                f.write(text)
        run = subprocess.run([sys.executable, STYLE, root], capture_output=True, text=True, check=False)
        return run.returncode, run.stdout + run.stderr


class Style(unittest.TestCase):
    def good(self, path, text):
        status, out = style({path: text})
        self.assertEqual(status, 0, out)
        return out

    def bad(self, path, text, line, words):
        status, out = style({path: text})
        self.assertEqual(status, 1, out)
        hits = [row for row in out.splitlines() if row.startswith(f"{path}:{line}: ") and words in row]
        self.assertTrue(hits, out)
        self.assertIn("1 found", out)

    def test_good_tree_and_table(self):
        status, out = style({})
        self.assertEqual(status, 0, out)
        self.assertRegex(out, r"common/base +2 +4\.5 +5 +5\n")

    def test_nothing_to_read(self):
        with tempfile.TemporaryDirectory() as root:
            run = subprocess.run([sys.executable, STYLE, root], capture_output=True, check=False)
        self.assertEqual(run.returncode, 1)

    def test_function_length(self):
        self.good("services/aggregator/a.c", function("f", 70))
        self.bad("services/aggregator/a.c", "\n" + function("f", 71), 2, "f has 71 lines")

    def test_file_length(self):
        self.good("services/aggregator/a.c", "\n" * 700)
        self.bad("services/aggregator/a.c", "\n" * 701, 701, "701 lines")
        self.assertIn("warning", self.good("services/aggregator/a.h", "\n" * 200))
        self.bad("services/aggregator/a.h", "\n" * 201, 201, "201 lines")

    def test_layers(self):
        for path, include, ok in (
                ("services/common/base/a.h", "kafka/kafka.h", False),
                ("services/common/kafka/a.h", "db/db.h", False),
                ("services/common/kafka/a.h", "kafka/b.h", True),
                ("services/common/kafka/a.h", "pack/pack.h", False),
                ("services/common/pack/a.h", "text/text.h", True),
                ("services/common/pack/a.h", "incident/incident.h", False),
                ("services/common/ledger/a.h", "pack/pack.h", True),
                ("services/common/positions/a.h", "ledger/row.h", False),
                ("services/common/novel/a.h", "base/err.h", False),
                ("services/aggregator/a.h", "ledger/ledger.h", True),
                ("services/aggregator/a.h", "../collector/own.h", False),
                ("services/aggregator/a.h", "collector/own.h", False)):
            with self.subTest(path=path, include=include):
                text = f'\n#include "{include}"\n'
                self.good(path, text) if ok else self.bad(path, text, 2, "")

    def test_vendors(self):
        for header in ("rdkafka.h", "librdkafka/rdkafka.h", "avro.h", "libpq-fe.h", "simdjson.h", "microhttpd.h",
                       "geos_c.h", "sodium.h", "utf8proc.h"):
            self.bad("services/aggregator/a.c", f"#include <{header}>\n", 1, "only")
        status, out = style({"services/analyzer/a.c": "#include <gsl/gsl_cdf.h>\n",
                             "services/api/a.c": "#include <gsl/gsl_rng.h>\n"})
        self.assertEqual(status, 1, out)
        self.good("services/analyzer/a.c", "#include <gsl/gsl_cdf.h>\n")
        status, out = style({"services/common/avro/walk.h": "", "services/aggregator/a.c": '#include "avro/walk.h"\n'})
        self.assertEqual(status, 0, out)

    def test_exports(self):
        text = "\nstruct x *pack_open(void)\n{\n}\n\nint\nopen_pack(int a)\n{\n\treturn a;\n}\n"
        self.bad("services/common/pack/pack.c", text, 6, "open_pack")
        self.good("services/common/pack/pack.c", text.replace("int\n", "static int\n"))
        self.good("services/common/pack/pack.c", "struct a {\n\tint (*f)(void);\n};\nint t[] = {f(1)};\n")

    def test_banned(self):
        for call in ("strcpy", "strcat", "sprintf", "vsprintf", "strtok", "atoi", "atol", "atoll", "gets", "scanf",
                     "sscanf", "fscanf"):
            self.bad("services/aggregator/a.c", f"/*\n*/ int x = {call} (y);\n", 2, call)
        self.good("services/aggregator/a.c", "int x = snprintf(y) + fgets(z) + strtok_r(a);\n")

    def test_parts_of_a_module(self):
        self.good("services/common/pack/pack_area.c", "int pack_find(void)\n{\n}\n")
        self.bad("services/common/pack/pack_area.c", "int area_find(void)\n{\n}\n", 1, "area_find")
        self.bad("services/common/pack/packed.c", "int x;\n", 1, "packed_test.c")

    def test_sql(self):
        self.bad("services/aggregator/a.c", '\nconst char *q = "SELECT 1";\n', 2, "SELECT")
        self.bad("services/aggregator/a.c", 'const char *q = "x; DELETE\\nFROM";\n', 1, "DELETE")
        self.good("services/aggregator/a.c", 'const char *q = "SELECTED, or Update it"; /* "INSERT it" */\n')

    def test_module_without_test(self):
        self.bad("services/common/pack/csv.c", "int x;\n", 1, "csv_test.c")
        self.bad("services/common/json/jsonread.cpp", "int x;\n", 1, "jsonread_test.c")

    def test_configuration(self):
        bad = '\nt = {{"LAGESBILD_PACK", CONF_TEXT, NULL, %s, &x, 0, 0}};\n'
        for words in ('""', '" "', "NULL", '"" ""'):
            self.bad("services/aggregator/a.c", bad % words, 2, "no help")
        self.good("services/aggregator/a.c", bad % '"The {pack, or}."'.replace("{", "").replace("}", ""))
        self.bad("services/aggregator/a.c", 't = {{.name = "LAGESBILD_PACK", .type = CONF_INT, .help = ""}};\n', 1, "no help")
        self.bad("services/aggregator/a.c", 't = {{.name = "LAGESBILD_PACK", .type = CONF_INT}};\n', 1, "no help")
        self.good("services/aggregator/a.c", 't = {{.name = "LAGESBILD_PACK", .type = CONF_INT, .help = "It."}};\n')
        self.bad("services/aggregator/a.c", 't = {{"LAGESBILD_X", CONF_INT, "1", "X.", &x, 0, 1}};\n', 1, "conf_known")

    def test_lines(self):
        for word in ("FIX" + "ME", "TO" + "DO", "X" * 3):
            self.bad("services/aggregator/a.sql", f"\n-- {word} later\n", 2, word)
        self.good("services/aggregator/a.c", 'char t[] = "/tmp/a.XXXXXX";\n')
        self.bad("tests/run.sh", "a\nb \n", 2, "White space")
        self.bad("services/aggregator/a.c", "a;\r\n", 1, "White space")
        self.good("services/aggregator/a.c", "\t" * 14 + "12345678\n")
        self.bad("services/aggregator/a.c", "\t" * 14 + "123456789\n", 1, "121 columns")


if __name__ == "__main__":
    unittest.main()

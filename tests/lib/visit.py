"""A visit in Chromium: a script of tests/browser/ that prints what it saw, and may ask the test to do something meanwhile."""
import json
import os
import subprocess
import threading

from installation import BUILD, ROOT

WEB = {"LAGESBILD_WEB": os.path.join(BUILD, "web")}  # for Api(i, **WEB)


def pictures(i):
    return os.environ.get("BROWSER_OUT", os.path.join(i.dir, "browser"))


def visit(script, api, doing=None, seconds=300, **env):
    """What the script tells. doing: name -> function, for what it asks meanwhile; a function's value is given back to it."""
    env = {**os.environ, "URL": api.url, "OUT": pictures(api.i), **env}
    with subprocess.Popen(["node", os.path.join(ROOT, "tests", "browser", script)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as node:
        late = threading.Timer(seconds, node.kill)
        late.start()
        try:
            for line in node.stdout:
                said = json.loads(line)
                if "told" in said:
                    return said["told"]
                node.stdin.write(json.dumps(doing[said["do"]](*said["given"])) + "\n")
                node.stdin.flush()
        finally:
            late.cancel()
            node.kill()
            trouble = node.stderr.read()
        raise AssertionError(f"{script} ended early: {trouble[-3000:]}")


def clean(told):
    """Nothing on the console, nothing asked elsewhere, nothing wider than the screen, nothing serious for axe."""
    assert told["errors"] == [], told["errors"]
    assert told["foreign"] == [], told["foreign"]
    assert all(w <= 0 for w in told["wide"].values()), told["wide"]
    for name, found in told["axe"].items():
        serious = [v for v in found if v["impact"] in ("serious", "critical")]
        assert found != "not run" and not serious, (name, serious)

"""The man page and the completion name every command of --help, and groff and bash take them."""
import os
import re
import subprocess

from installation import BUILD


def said(*args):
    return subprocess.run([os.path.join(BUILD, "bin", "lagesbild"), *args], check=True, capture_output=True, text=True).stdout


def main():
    names = re.findall(r"^  ([a-z]+) ", said("--help").partition("\ncommands:\n")[2], re.M)
    assert len(names) > 15 and {"setup", "rebuild", "doctor"} <= set(names), names
    page, completion = said("--man"), said("--completion", "bash")
    for name in names:
        assert f'.SS "{name}"' in page, f"{name} is not in the man page"
        assert re.search(rf'words="[^"]*\b{name}\b', completion), f"{name} is not completed"
    done = subprocess.run(["groff", "-man", "-ww", "-K", "utf8", "-T", "utf8", "-P", "-cbou"], input=page, capture_output=True, text=True, check=True)
    assert not done.stderr and "rebuild" in done.stdout, done.stderr
    script = completion + '\nCOMP_WORDS=(lagesbild promote --w) COMP_CWORD=2; _lagesbild; echo "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["--wait"], (done.stdout, done.stderr)


if __name__ == "__main__":
    main()

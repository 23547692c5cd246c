#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Each option that a command takes is in its help, in the manual page, in docs/cli.md and in
what bash, zsh and fish complete; and none is there that it does not take. Each outcome of
"nacc audit" is in the first three.

  test_options.py NACC-FAKE TOP      prints "ok - ..." and "not ok - ..." lines, as check.sh does"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

from verdicts import Verdicts

FAKE, TOP = sys.argv[1:]
# Said of all tables, or of all commands, in one place
TABLE, EVERYWHERE = {"--output", "--noheadings"}, {"--help"}
# Each reads lines of a command line, a tab, and the beginning of the word at the cursor.
BASH = """. {top}/nacc.bash
compopt() {{ :; }}
while IFS='	' read -r line word; do
	COMP_WORDS=($line); COMP_CWORD=${{#COMP_WORDS[@]}} COMP_WORDS+=("$word")
	_nacc 2>/dev/null
	echo "$line: ${{COMPREPLY[*]}}"
done"""
ZSH = """compadd() {{ [[ $1 != -a ]] || set -- ${{(P)2}}; print -rn -- " $*" }}
_describe() {{ print -rn -- " ${{${{(P)4}}%%:*}}" }}
_normal() {{ print -rn -- " $words[1]" }}
_pids() {{ }}; _message() {{ }}; _files() {{ }}
while IFS='	' read -r line word; do
	words=(${{(z)line}} "$word") CURRENT=$#words
	print -rn -- "$line:"
	source {top}/nacc.zsh
	print
done"""
FISH = """source {top}/nacc.fish
while read -d \\t line word
    echo -n "$line:"
    complete -C "$line $word" | cut -f1 | string join ' '
    echo
end"""
SHELLS = {"bash": (["bash", "--norc", "--noprofile", "-c"], BASH),
          "zsh": (["zsh", "-fc"], ZSH), "fish": (["fish", "--no-config", "-c"], FISH)}
verdicts = Verdicts("options")
check = verdicts.check


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def nacc(*args):
    return subprocess.run([FAKE, *args], stdin=subprocess.DEVNULL, capture_output=True,
                          env={**os.environ, "FAKE": "err.open=13"}, text=True, check=False)


def helped(*args):
    done = nacc(*args, "--help")
    return not done.returncode and done.stdout.startswith("Usage: ")


def taken(command):
    """{option: does it want a value?} by trying each that any command has"""
    known = re.findall(r'{ "([a-z-]+)", \w+_argument', read("args.c"))
    options = {}
    for name in sorted(set(known) - {"help"}):
        if helped(command, f"--{name}"):
            options[f"--{name}"] = False
        elif helped(command, f"--{name}=x"):
            options[f"--{name}"] = True
    # The beginning of one is taken for it.
    return {o: v for o, v in options.items()
            if not any(other != o and other.startswith(o) for other in options)}


def manual():
    """{command: its options in the SYNOPSIS}"""
    synopsis = read("nacc.8").split(".Sh SYNOPSIS\n")[1].split("\n.Sh ")[0]
    found = {}
    for entry in synopsis.split(".Nm\n")[1:]:
        options = set(re.findall(r"(?<=[ |])-([a-z][a-z-]+)", entry))
        command = re.match(r"\.Cm ([a-z]+)", entry)
        if command:
            found.setdefault(command[1], set()).update(f"--{o}" for o in options)
            if re.search(r"\bAr table", entry):
                found[command[1]] |= TABLE
    return found


def pages():
    """{command: options in docs/cli.md, in the rows of its table}"""
    found = {}
    for row in re.findall(r"^\| (`nacc .*) \|$", read("../../docs/cli.md"), re.M):
        command = re.match(r"`nacc ([a-z]+)", row)[1]
        found.setdefault(command, set()).update(re.findall(r"(?<!\w)--[a-z][a-z-]*", row))
    return found


def test_outcomes():
    """What came of a record of the audit: each is in help, manual page and docs/cli.md."""
    table = read("reason.c").split("} outcomes[] = {")[1].split("};")[0]
    outcomes = re.findall(r'{ "([a-z]+)",', table)
    check("outcomes are found", len(outcomes) > 5, outcomes)
    manual_page = read("nacc.8").split(".It Cm audit")[1].split(".It Cm lock")[0]
    page = re.search(r"^\| `nacc audit` .*$", read("../../docs/cli.md"), re.M)[0]
    for name, text in (("help", nacc("help", "audit").stdout), ("manual page", manual_page), ("docs/cli.md", page)):
        missing = [o for o in outcomes if not re.search(rf"\b{o}\b", text)]
        check(f"nacc audit: {name}: each outcome", not missing, missing)


def test_synopsis():
    """Two ways of a command that exclude each other: so it says in the manual page, too."""
    if not shutil.which("mandoc"):
        verdicts.skip("synopsis", "there is no mandoc on this host")
        return
    done = subprocess.run(["mandoc", "-Tascii", f"{TOP}/nacc.8"], capture_output=True, text=True, check=False)
    text = " ".join(re.sub(".\b", "", done.stdout).split())
    check("synopsis: protect", "nacc protect [--system [program ...] | --off]" in text,
          re.search(r"nacc protect .{50}", text))


def completed(shell, lines):
    """{line: words that are offered behind it}, of {line: the beginning of the next word}"""
    words, script = SHELLS[shell]
    with tempfile.TemporaryDirectory() as home:
        os.symlink(FAKE, f"{home}/nacc")
        done = subprocess.run([*words, script.format(top=TOP)], input="".join(f"{line}\t{word}\n" for line, word in lines.items()),
                              capture_output=True, text=True, check=False,
                              env={**os.environ, "HOME": home, "PATH": f"{home}:{os.environ['PATH']}"})
    said = dict(line.split(":", 1) for line in done.stdout.splitlines() if ":" in line)
    return {line: set(said.get(line, "--nothing-was-said").split()) for line in lines}


def options_of(said):
    return {word for word in said if word.startswith("-")}


def test_shell(shell, commands):
    if not shutil.which(shell):
        verdicts.skip(shell, f"there is no {shell} on this host")
        return
    valued = [(c, o) for c, options in commands.items() for o, value in options.items() if value]
    behind = ("nacc run --name web -- sleep", "nacc run --gate audit --ptrace sleep", "nacc run sleep --name x")
    formats = {"nacc audit --format": "writers.d", "nacc syscalls --format": "oci-seccomp"}
    offered = completed(shell, {**{f"nacc {c}": "--" for c in commands}, **dict.fromkeys(behind, "--"),
                                **{f"nacc {c} {o}": "" for c, o in valued}})
    for command, options in commands.items():
        said = options_of(offered[f"nacc {command}"])
        check(f"{shell}: nacc {command}: all, and no others", said == set(options) | EVERYWHERE,
              said ^ (set(options) | EVERYWHERE))
    for command, option in valued:
        said = options_of(offered[f"nacc {command} {option}"])
        check(f"{shell}: nacc {command} {option}: then comes its value, no option", not said, said)
    for line, want in formats.items():
        check(f"{shell}: {line} {want}", offered[line] == {want}, offered[line])
    for line in behind:
        said = offered[line]
        check(f"{shell}: {line}: no option of ours", not options_of(said) & set(commands["run"]), said)
        check(f"{shell}: {line}: its own", shell != "zsh" or said == {"sleep"}, said)


def main():
    commands = {c: taken(c) for c in
                sorted(re.search(r"^const struct cmd cmd_(\w+) = {", read(p), re.M)[1]
                       for p in glob.glob(f"{TOP}/cmd_*.c") if "const struct cmd cmd_" in read(p))}
    check("they are found", len(commands) > 20 and sum(map(len, commands.values())) > 60, commands)
    said, text = manual(), pages()
    check("the manual page has these commands", set(said) == set(commands), set(said) ^ set(commands))
    check("docs/cli.md has them", set(text) == set(commands), set(text) ^ set(commands))
    for command, options in commands.items():
        usage = nacc("help", command).stdout
        there = set(re.findall(r"--[a-z][a-z-]*", usage.split("\n")[0]))
        if " [-o COLS]" in usage.split("\n")[0]:
            there.add("--output")
        check(f"nacc {command}: usage", there == set(options), there ^ set(options))
        missing = {o for o in options if not re.search(rf"(^  |, |; also |and ){o}\b", usage, re.M)}
        check(f"nacc {command}: help says what each does", not missing, missing)
        there = said.get(command, set())
        check(f"nacc {command}: manual page", there == set(options), there ^ set(options))
        missing = set(options) - TABLE - {"--json"} - text.get(command, set())
        check(f"nacc {command}: docs/cli.md", not missing, missing)
    test_outcomes()
    test_synopsis()
    for shell in SHELLS:
        test_shell(shell, commands)
    return verdicts.bad != 0


if __name__ == "__main__":
    sys.exit(main())

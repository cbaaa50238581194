#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""case_status.py SCRIPT...: finds cases of the selftests that cannot fail.

A case passes if its last command succeeds. Therefore this script refuses:

    kill "$pid"                     at the end of a case: the case has the status of a clean-up command
    grep words file & / || true     at the end of a case: this never fails
    same a b                        in the middle, without "|| return": its status is ignored
    ping_once ... | tail            a pipe has the status of its last command

A case consists of the functions and the "eval '...'" that run_case is given, and of the functions
whose status these use in turn. Ignored statuses in the middle are searched for in all functions.
"""
import re
import sys
from pathlib import Path

# Words in front of a command that run it elsewhere, with the same status; and how many they are.
WRAPPERS = {"client": 1, "router": 1, "server": 1, "on": 2, "command": 1, "env": 1, "exec": 1}
CLEANUPS = {"kill", "wait", "rm", "rmdir", "umount", "sleep", "echo", "printf", "cat", "sysctl", "disown",
            "figures", "true", ":", "unset", "touch", "set", "trap"}
# Commands that are clean-ups if they have one of these words.
TAKES_AWAY = {"ip": {"del", "delete", "flush"}, "nat64": {"del", "flush"}, "nat": {"del", "flush"},
              "map": {"del", "flush"}, "nft": {"delete", "flush"}, "tc": {"del"},
              "iptables": {"-D", "-F", "-X"}, "ip6tables": {"-D", "-F", "-X"}, "ethtool": {"-K"},
              "tmux": {"kill-server"}, "screen": {"kill-server"}, "conntrack": {"-F"}}
ASSERTIONS = {"same", "expect", "fails", "within", "stat_moves", "stat_grows", "ping_once", "echo_tcp",
              "echo_udp", "port_unreachable"}
CONDITIONS = {"[", "[[", "grep", "cmp", "diff", "jq", "test"}
LEAVES = {"return", "exit", "die", "break", "continue", "false"}
OPENERS = {"if": "fi", "while": "done", "until": "done", "for": "done", "case": "esac", "{": "}", "(": ")"}


class Word(str):
    """A word as it is written; line says where."""
    line = 0


class Operator(Word):
    pass


OPERATOR = re.compile(r"&&|\|\||;;|[;&|()\n]")
BLANK = re.compile(r"[ \t]+|\\\n|#[^\n]*")
REDIRECTION = re.compile(r"\d*(<<<|<<-?|>>|[<>]&|&>|<>|[<>])(?!\()[ \t]*")


def closing(text, at, opening, end):
    """The place behind the bracket that closes the one opened before at; skips quotes."""
    depth = 1
    while depth and at < len(text):
        if text[at] in "'\"\\":
            at = quoted(text, at)
            continue
        depth += (text[at] == opening) - (text[at] == end)
        at += 1
    return at


def quoted(text, at):
    if text[at] == "\\":
        return at + 2
    if text[at] == "'":
        return text.index("'", at + 1) + 1
    at += 1
    while text[at] != '"':
        at = expansion(text, at) if text[at] == "$" else at + 1 + (text[at] == "\\")
    return at + 1


def expansion(text, at):
    """The place behind an expansion, which begins with a dollar."""
    following = text[at + 1:at + 2]
    if following and following in "({":
        return closing(text, at + 2, following, ")" if following == "(" else "}")
    if following == "'":
        end = at + 2
        while text[end] != "'":
            end += 1 + (text[end] == "\\")
        return end + 1
    return at + 1


def word_end(text, at):
    if text.startswith("[[ ", at):
        return text.index("]]", at) + 2
    if text.startswith("((", at):
        return text.index("))", at) + 2
    while at < len(text):
        if text[at] in "'\"\\":
            at = quoted(text, at)
        elif text[at] == "$":
            at = expansion(text, at)
        elif text[at] in "<>=" and text.startswith("(", at + 1):
            at = closing(text, at + 2, "(", ")")
        elif text[at] in " \t\n;&|()<>":
            break
        else:
            at += 1
    return at


def tokens(text, line):
    """The words and operators, without redirections and without the text of here-documents."""
    at, documents = 0, []
    while at < len(text):
        blank = BLANK.match(text, at)
        if blank:
            line += blank[0].count("\n")
            at = blank.end()
            continue
        redirection = REDIRECTION.match(text, at)
        if redirection:
            begin, at = redirection.end(), word_end(text, redirection.end())
            if redirection[1] in ("<<", "<<-"):
                documents.append(text[begin:at].strip("'\"\\"))
            line += text[begin:at].count("\n")
            continue
        operator = None if text.startswith("((", at) else OPERATOR.match(text, at)
        end = operator.end() if operator else word_end(text, at)
        token = (Operator if operator else Word)(text[at:end])
        token.line = line
        yield token
        line += token.count("\n")
        at = end
        while token == "\n" and documents:
            document = re.compile(r"^\t*" + re.escape(documents.pop(0)) + "$\n?", re.M).search(text, at)
            line += text.count("\n", at, document.end())
            at = document.end()


class Command:
    """A simple command; or words that open a group, with the lists of commands in it."""

    def __init__(self, words, lists=()):
        self.words = words
        self.lists = list(lists)
        self.line = words[0].line if words else 0

    def bare(self):
        """The words, without what comes in front of the command."""
        words = list(self.words)
        while words:
            if re.match(r"\w+\+?=", words[0]):
                del words[0]
            elif words[0] in WRAPPERS:
                del words[:WRAPPERS[words[0]]]
            elif words[:3] == ["ip", "netns", "exec"]:
                del words[:4]
            else:
                break
        return words

    def name(self):
        words = self.bare()
        return re.sub(r'^"?\$\{?IP(6?)TABLES\}?"?$', r"ip\1tables", words[0]) if words else ""


class Parser:
    def __init__(self, text, line=1):
        self.tokens = list(tokens(text, line))
        self.at = 0
        self.functions = {}

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def list(self, *ends):
        """A list of chains, each of them [pipeline, "&&", pipeline ...]; with "&" as its last element
        where it is run in the background."""
        chains = []
        while self.peek() is not None and self.peek() not in ends:
            if isinstance(self.peek(), Operator) and self.peek() in ("\n", ";", "&"):
                operator = self.next()
                if operator == "&" and chains:
                    chains[-1].append("&")
                continue
            before = self.at
            chain = self.chain()
            if chain:
                chains.append(chain)
            elif self.at == before:
                self.next()
        return chains

    def chain(self):
        chain = [self.pipeline()]
        while self.peek() in ("&&", "||"):
            chain.append(str(self.next()))
            self.skip_lines()
            chain.append(self.pipeline())
        return chain if chain != [[]] else []

    def skip_lines(self):
        while self.peek() == "\n":
            self.next()

    def pipeline(self):
        commands = []
        while True:
            while self.peek() == "!":
                self.next()
            command = self.command()
            if command:
                commands.append(command)
            if self.peek() != "|":
                return commands
            self.next()
            self.skip_lines()

    def command(self):
        token = self.peek()
        if token in OPENERS:
            return self.group(self.next())
        words = []
        while self.peek() is not None and not isinstance(self.peek(), Operator):
            words.append(self.next())
        if len(words) == 1 and [str(one) for one in self.tokens[self.at:self.at + 2]] == ["(", ")"]:
            self.at += 2
            self.skip_lines()
            self.functions[words[0]] = self.command()
            return None
        if words and re.match(r"\w+\+?=$", words[-1]) and self.peek() == "(":    # an array
            self.next()
            while self.next() != ")":
                pass
        return Command(words) if words else None

    def group(self, opener):
        end, lists = OPENERS[opener], []
        if opener == "case":
            while self.next() != "in":
                pass
            self.skip_lines()
            while self.peek() != end:
                while self.next() != ")":
                    pass
                lists.append(self.list(";;", end))
                if self.peek() == ";;":
                    self.next()
                self.skip_lines()
        elif opener == "for":
            while self.next() != "do":
                pass
            lists.append(self.list(end))
        elif opener in ("{", "("):
            lists.append(self.list(end))
        else:   # the status of the condition does not count
            while self.peek() not in (end, None):
                body = self.list("then", "else", "elif", "do", end)
                if self.peek() in ("then", "do"):
                    body = None
                if body is not None:
                    lists.append(body)
                if self.peek() not in (end, None):
                    self.next()
        if self.peek() == end:
            self.next()
        return Command([opener], lists)


def pipelines(chain):
    return [one for one in chain if isinstance(one, list)]


def simple_commands(command):
    yield command
    for chains in command.lists:
        for chain in chains:
            for pipeline in pipelines(chain):
                for one in pipeline:
                    yield from simple_commands(one)


class Checker:
    def __init__(self, libraries=()):
        self.libraries = {}
        for path in libraries:
            self.libraries.update(self.parse(path.read_text(encoding="utf-8"))[0].functions)

    @staticmethod
    def parse(text, line=1):
        parser = Parser(text, line)
        return parser, parser.list()

    def check(self, text):
        """What is wrong with a script: (line, words)."""
        parser, chains = self.parse(text)
        self.own = parser.functions
        self.functions = {**self.libraries, **parser.functions}
        self.found, self.asked = set(), set()
        for command in [Command([Word("{")], [chains]), *self.own.values()]:
            for one in simple_commands(command):
                if one.words and one.words[0] == "run_case":
                    self.case(one.words[2:])
        for body in self.own.values():
            self.lost(body)
        return sorted(self.found)

    def case(self, words):
        for number, word in enumerate(words):
            # The command that "same" is given prints something; its status does not count.
            if "same" not in words[max(number - 2, 0):number]:
                self.function(word)
            if words[number - 1] == "eval" and word[0] in "'\"":
                self.text(word)

    def text(self, word):
        """Checks the text that eval is given."""
        body = Command([Word("{")], [self.parse(word[1:-1], word.line)[1]])
        self.status(body)
        self.lost(body)

    def function(self, name, inner=False):
        """inner: the case is another function, which uses the status of this one."""
        if name in self.own and name not in self.asked:
            self.asked.add(name)
            self.status(self.own[name], inner)

    def fault(self, command, words):
        self.found.add((command.line, words + ": " + " ".join(command.words)))

    # --- the status at the end

    def status(self, command, inner=False):
        """Checks the commands that can be the last in this one."""
        if not command.lists:
            words = command.bare()
            for number, word in enumerate(words):
                if "same" not in words[max(number - 2, 0):number]:
                    self.function(word, inner=True)
                if number and words[number - 1] == "eval" and word[0] in "'\"":
                    self.text(word)
        for chains in command.lists:
            for chain in chains:    # including those in the middle whose status is used
                if chain is chains[-1] or "||" in chain:
                    for pipeline in pipelines(chain):
                        if pipeline:
                            self.status(pipeline[-1], inner)
            if chains:
                self.last(chains[-1], inner)

    def last(self, chain, inner):
        final = pipelines(chain)[-1][-1:]
        if not final or (final[0].lists and chain[-1] != "&"):
            return  # those within have been looked at
        if chain[-1] == "&":
            self.fault(final[0], "a command in the background never fails")
        elif len(pipelines(chain)) == 1 and self.is_cleanup(final[0]) and not (inner and self.writes(final[0])):
            self.fault(final[0], "the status of the case is that of a clean-up command")
        elif chain[-2:-1] == ["||"] and self.is_cleanup(final[0]):
            self.fault(final[0], "what fails before is forgotten")

    @staticmethod
    def writes(command):
        return command.name() in ("echo", "printf", "cat")

    def is_cleanup(self, command, depth=0):
        name, words = command.name(), command.bare()
        if command.words[0] in ("{", "("):
            chain = command.lists[0][-1]
            return len(pipelines(chain)) == 1 and self.is_cleanup(chain[0][-1], depth)
        if command.lists:
            return False
        if name in CLEANUPS or TAKES_AWAY.get(name, set()) & set(words):
            return True
        if name in self.functions and depth < 3:
            body = self.functions[name]
            chain = body.lists[0][-1] if body.lists and body.lists[0] else []
            return len(chain) == 1 and len(chain[0]) == 1 and self.is_cleanup(chain[0][0], depth + 1)
        return False

    # --- what is lost before

    def lost(self, body):
        for command in simple_commands(body):
            for chains in command.lists:
                for chain in chains:
                    self.piped(chain)
                    if chain is not chains[-1] and chain[-1] != "&" and not self.kept(chains, chain):
                        self.middle(chain)

    def kept(self, chains, chain):
        """Whether the next command asks for the status, or the list ends in a failure in any case."""
        following = next(after for one, after in zip(chains, chains[1:]) if one is chain)
        first = pipelines(following)[0]
        if first and any(re.fullmatch(r'(\w+=)?"?\$\?"?', word) for word in first[0].words):
            return True
        last = pipelines(chains[-1])[-1]
        return bool(last) and last[-1].words in (["return", "1"], ["exit", "1"])

    def piped(self, chain):
        for pipeline in pipelines(chain):
            for command in pipeline[:-1]:
                if command.name() in ASSERTIONS - {"ping_once"}:
                    self.fault(command, "a pipe forgets the status")

    def middle(self, chain):
        commands = [pipeline[-1] for pipeline in pipelines(chain) if pipeline]
        asserts = [one for one in commands if one.name() in ASSERTIONS]
        if "||" not in chain:
            if commands and re.sub(r"^\[\[.*", "[[", commands[-1].name(), flags=re.S) in CONDITIONS:
                asserts = asserts or [commands[-1]]
        elif self.leaves(commands[-1]) or not self.is_cleanup(commands[-1]):
            asserts = []
        if asserts and chain[-1] and not (commands[-1].name() in LEAVES):
            self.fault(asserts[0], "nobody asks for the status")

    @staticmethod
    def leaves(command):
        return any(one.name() in LEAVES for one in simple_commands(command))


def main():
    scripts = [Path(name) for name in sys.argv[1:]]
    bad = False
    checker = Checker(script for script in scripts if script.name.endswith("lib.sh"))
    for script in scripts:
        for line, words in checker.check(script.read_text(encoding="utf-8")):
            print(f"{script}:{line}: {words}")
            bad = True
    sys.exit(bad)


if __name__ == "__main__":
    main()

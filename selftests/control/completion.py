# SPDX-License-Identifier: GPL-2.0
"""completion.py SHELL LINE...: types each LINE into a real, interactive shell, presses Tab, and prints
the result, one per line."""

import os
import pty
import select
import sys
import tempfile

# zsh without the functions for a thousand other commands, which take long to load.
ZSH = "/usr/share/zsh/functions/Completion"
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"],
             ". /usr/share/bash-completion/completions/nat64\r"),
    "zsh": (["zsh", "-f", "-i"],
             "fpath=(/usr/share/zsh/vendor-completions %s/Base %s); autoload -U compinit %s/Unix/_*; "
             "compinit -D -u\r" % (ZSH, ZSH, ZSH)),
}

argv, keys = SHELLS[sys.argv[1]]
result = tempfile.NamedTemporaryFile("r")
# Press Tab; then make the line, complete or not, the argument of a printf.
for line in sys.argv[2:]:
    keys += line + "\t\x01printf '%s\\n' \"\x05\" >>" + result.name + "\r"
keys += "exit\r"

pid, terminal = pty.fork()
if not pid:
    os.environ.update(TERM="dumb", PS1="$ ", HISTFILE="/dev/null")
    os.execvp(argv[0], argv)
said = ""
while True:
    ready, writable, _ = select.select([terminal], [terminal] if keys and said else [], [], 120)
    if ready:
        try:
            said += os.read(terminal, 4096).decode(errors="replace")
        except OSError:		# it has ended
            break
    elif writable:
        os.write(terminal, keys[:1].encode())
        keys = keys[1:]
    else:
        sys.exit("it hangs: " + said)
print(result.read(), end="")

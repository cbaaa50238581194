# SPDX-License-Identifier: GPL-2.0
#
# fish completion for nat64(8), which itself tells what may follow.

function __nat64_complete
    set -l words (commandline -opc)
    set -l command $words[1]
    set -e words[1]
    set -l word (commandline -ct)
    for line in ($command -- __complete $words "$word" 2>/dev/null)
        if test "$line" = :
            __fish_complete_path "$word"
        else
            echo $line
        end
    end
end

complete -c nat64 -f -a '(__nat64_complete)'

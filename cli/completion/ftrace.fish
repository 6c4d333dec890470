# SPDX-License-Identifier: MIT
# Completion of ftrace's arguments for fish. ftrace itself says what fits, by
# its tables of options and by the project's map.

function __ftrace_candidates
    set -l raw (commandline -ct)
    set -l words (commandline -opc) (string unescape -- $raw; or echo -- $raw)
    set -l lines ($words[1] completion candidates -- $words[2..-1] 2>/dev/null)
    set -l directive (string split ' ' -- $lines[1])

    switch "$directive[1]"
        case command
            set -l from (math $directive[2] + 1)
            set -l command (string escape -- $words[$from..-1])
            set command[-1] "$raw"
            complete -C (string join ' ' -- $command)
        case files folders
            set -l option (string match -r -- '^--[^=]*=' "$words[-1]")
            set -l value (string replace -r -- '^--[^=]*=' '' "$words[-1]")
            for path in $value*
                if test -d $path
                    echo "$option$path/"
                else if test $directive = files
                    echo "$option$path"
                end
            end
    end
    string join \n -- $lines[2..-1]
end

complete -c ftrace -f -a '(__ftrace_candidates)'

#compdef ftrace
# SPDX-License-Identifier: MIT
# Completion of ftrace's arguments for zsh. ftrace itself says what fits, by
# its tables of options and by the project's map.

_ftrace() {
    local -a lines asked described open
    local program=${(Q)words[1]} directive line text help
    integer from

    program=${program/#\~\//$HOME/}
    (( CURRENT > 2 )) && asked=("${(@Q)words[2,CURRENT-1]}")
    asked+=("${(Q)PREFIX}")
    lines=("${(@f)$("$program" completion candidates -- \
        "${asked[@]}" 2>/dev/null)}")
    directive=$lines[1]
    shift lines

    if [[ $directive == command\ * ]]; then
        from=${directive#command }
        shift $from words
        (( CURRENT -= from ))
        _normal
        return
    fi

    for line in $lines; do
        text=${line%%$'\t'*}
        help=${line#*$'\t'}
        text=${text//:/\\:}${help:+:$help}
        if [[ $text == *(\\:|=) ]]; then
            open+=("$text")
        else
            described+=("$text")
        fi
    done

    integer failed=1
    (( $#described )) && _describe ftrace described && failed=0
    (( $#open )) && _describe ftrace open -S '' && failed=0
    case $directive in
    files)
        compset -P '--*='
        _files && failed=0
        ;;
    folders)
        compset -P '--*='
        _files -/ && failed=0
        ;;
    esac
    return failed
}

# Sourced, and not found by compinit and called.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _ftrace "$@"
else
    compdef _ftrace ftrace
fi

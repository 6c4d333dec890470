# SPDX-License-Identifier: MIT
# Completion of ftrace's arguments for bash 4 and later. ftrace itself says
# what fits, by its tables of options and by the project's map.

# A command with arguments of its own begins at this word.
_ftrace_command() {
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        mapfile -t COMPREPLY < <(compgen -c -- "$2")
    else
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$2")
    fi
}

_ftrace() {
    local rest=${COMP_LINE:0:COMP_POINT} gap piece quote= value line i
    local -a words=() starts=() lines=() found=()

    # bash takes ":" and "=" for ends of words, which ids and options have.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        gap=${rest%%[![:space:]]*}
        rest=${rest#"$gap"}
        piece=${COMP_WORDS[i]}
        ((i == COMP_CWORD)) && piece=$rest
        if ((i == 0)) || [[ $gap ]]; then
            words+=("$piece")
            starts+=("$i")
        else
            words[${#words[@]} - 1]+=$piece
        fi
        rest=${rest#"$piece"}
    done
    for i in "${!words[@]}"; do
        piece=${words[i]//\\/}
        quote=
        if [[ $piece == [\"\']* ]]; then
            quote=${piece:0:1}
            piece=${piece#"$quote"}
            piece=${piece%"$quote"}
        fi
        words[i]=$piece
    done
    local current=${words[${#words[@]} - 1]}
    local program=${words[0]/#\~\//$HOME/}

    mapfile -t lines < <("$program" completion candidates -- \
        "${words[@]:1}" 2>/dev/null)
    for line in "${lines[@]:1}"; do
        found+=("${line%%$'\t'*}")
    done

    value=$current
    [[ $current == --*=* ]] && value=${current#*=}
    case ${lines[0]} in
    command\ *)
        _ftrace_command "${starts[${lines[0]#command }]}" "$current"
        return
        ;;
    files)
        while IFS= read -r line; do
            found+=("${current%"$value"}$line")
        done < <(compgen -f -- "$value")
        ;;
    folders)
        while IFS= read -r line; do
            found+=("${current%"$value"}$line")
        done < <(compgen -d -- "$value")
        ;;
    esac
    [[ ${lines[0]} == words ]] || compopt -o filenames 2>/dev/null

    # The part of the word that bash replaces.
    local breaks=${COMP_WORDBREAKS//[!:=]/} before=
    if [[ $breaks && ! $quote && $current == *[$breaks]* ]]; then
        before=${current%"${current##*[$breaks]}"}
    fi
    COMPREPLY=("${found[@]#"$before"}")
    if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[:=] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

complete -F _ftrace ftrace

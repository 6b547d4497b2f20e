# bash completion for belay. Made by belay-generate from the tables of the program. Do not edit.

# Commands, after -e and an opening quote.
_belay_commands() {
    local line
    [[ $cur == [\'\"]* ]] || return
    while IFS= read -r line; do
        [[ $line == "${cur:1}"* ]] && COMPREPLY+=("$line")
    done <<'END'
\leader
\nodes
\image
\image status
\backup
\backup verify
\restore-plan
\mv
\mv list
\mv show
\mv inactivate
\mv activate
\mv inactivate-all
\mv activate-all
\mv ledger
\plan show
\plan digest
\plan diff
\run
\resume
\journal
\journal show
\journal list
\journal verify
END
}

_belay() {
    local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    # bash takes --name=value for three words.
    if [[ $cur == = ]]; then
        cur= option=$option=
    elif [[ $option == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}=
    fi
    case $option in
    -h | --host | --host=)
        return
        ;;
    -P | --port | --port=)
        return
        ;;
    -S | --socket | --socket=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    -u | --user | --user=)
        return
        ;;
    --password=)
        return
        ;;
    -D | --database | --database=)
        return
        ;;
    --connect-timeout | --connect-timeout=)
        return
        ;;
    --ssl-mode | --ssl-mode=)
        mapfile -t COMPREPLY < <(compgen -W 'disabled preferred required verify_identity' -- "$cur")
        return
        ;;
    --ssl-ca | --ssl-ca=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    -e | --execute | --execute=)
        _belay_commands
        return
        ;;
    --format | --format=)
        mapfile -t COMPREPLY < <(compgen -W 'table vertical tab json' -- "$cur")
        return
        ;;
    --delimiter | --delimiter=)
        return
        ;;
    --null-as | --null-as=)
        return
        ;;
    --color | --color=)
        mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
        return
        ;;
    --context | --context=)
        return
        ;;
    -n | --namespace | --namespace=)
        return
        ;;
    --cluster | --cluster=)
        return
        ;;
    --kubeconfig | --kubeconfig=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --kubectl | --kubectl=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --via | --via=)
        mapfile -t COMPREPLY < <(compgen -W 'port-forward' -- "$cur")
        return
        ;;
    --guide-timeout | --guide-timeout=)
        return
        ;;
    --state-dir | --state-dir=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
        ;;
    --approve | --approve=)
        mapfile -t COMPREPLY < <(compgen -W 'reversible' -- "$cur")
        return
        ;;
    --practice=)
        mapfile -t COMPREPLY < <(compgen -W 'seed 3.4.8 3.5.16 4.1 shared-nothing hostile' -- "$cur")
        return
        ;;
    --practice-dir | --practice-dir=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
        ;;
    --practice-speed | --practice-speed=)
        return
        ;;
    esac
    [[ $cur == -* ]] || return
    mapfile -t COMPREPLY < <(compgen -W '--host= --port= --socket= --user= --password --database= --connect-timeout= --ssl-mode= --ssl-ca= --ssl --execute= --batch --table --vertical --format= --skip-column-names --raw --silent --force --quick --no-auto-rehash --show-warnings --delimiter= --null-as= --color= --context= --namespace= --cluster= --kubeconfig= --kubectl= --no-kube --via= --guide-timeout= --state-dir= --dry-run --approve= --each --allow-commands --allow-shell --practice --practice-dir= --practice-speed= --help --version' -- "$cur")
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}

complete -F _belay belay

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
\preflight
\writes
\writes list
\writes pause
\writes resume
\settings
\settings list
\settings apply
\settings back
\proof take
\proof compare
\image
\image status
\backup
\backup verify
\backup list
\backup prune
\restore-plan
\restore
\upgrade
\roll
\roll next
\roll pause
\roll back
\wait
\where
\mv
\mv list
\mv show
\mv graph
\mv inactivate
\mv activate
\mv inactivate-all
\mv activate-all
\mv forecast
\mv ledger
\mv ledger show
\mv ledger drop
\mv pause
\mv resume
\mv pause-all
\mv resume-all
\mv runs
\mv cancel
\plan show
\plan digest
\plan diff
\run
\runbook
\resume
\journal
\journal show
\journal list
\journal verify
\journal close
\report
\undo
\lease
\journal export
\journal import
\set
\unset
\gset
\gexec
\watch
\if
\elif
\else
\endif
\echo
\qecho
\warn
\describe
\tables
\databases
\catalogs
\favourite
\favourite list
\favourite save
\favourite run
\favourite drop
\timing
\errverbose
\profile
END
}

_belay_profiles() {
    sed -n 's/^\([[:alnum:]_.-]\{1,\}\):.*/\1/p' "${XDG_CONFIG_HOME:-$HOME/.config}/belay/profiles.yaml" 2> /dev/null
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
    --password-file | --password-file=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --password-command | --password-command=)
        return
        ;;
    -D | --database | --database=)
        return
        ;;
    --profile | --profile=)
        mapfile -t COMPREPLY < <(compgen -W "$(_belay_profiles)" -- "$cur")
        return
        ;;
    --protocol | --protocol=)
        mapfile -t COMPREPLY < <(compgen -W 'tcp socket' -- "$cur")
        return
        ;;
    --connect-timeout | --connect-timeout=)
        return
        ;;
    --wait=)
        return
        ;;
    --init-command | --init-command=)
        return
        ;;
    --init-command-add | --init-command-add=)
        return
        ;;
    --default-character-set | --default-character-set=)
        return
        ;;
    --character-sets-dir | --character-sets-dir=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
        ;;
    --bind-address | --bind-address=)
        return
        ;;
    --compression-algorithms | --compression-algorithms=)
        return
        ;;
    --zstd-compression-level | --zstd-compression-level=)
        return
        ;;
    --max-allowed-packet | --max-allowed-packet=)
        return
        ;;
    --net-buffer-length | --net-buffer-length=)
        return
        ;;
    --plugin-dir | --plugin-dir=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
        ;;
    --default-auth | --default-auth=)
        return
        ;;
    --ssl-mode | --ssl-mode=)
        mapfile -t COMPREPLY < <(compgen -W 'disabled preferred required verify_ca verify_identity' -- "$cur")
        return
        ;;
    --ssl-ca | --ssl-ca=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --ssl-capath | --ssl-capath=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
        ;;
    --ssl-cert | --ssl-cert=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --ssl-key | --ssl-key=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --ssl-cipher | --ssl-cipher=)
        return
        ;;
    --ssl-crl | --ssl-crl=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --ssl-crlpath | --ssl-crlpath=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
        ;;
    --ssl-fp | --ssl-fp=)
        return
        ;;
    --ssl-fplist | --ssl-fplist=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --tls-version | --tls-version=)
        return
        ;;
    -e | --execute | --execute=)
        _belay_commands
        return
        ;;
    --delimiter | --delimiter=)
        return
        ;;
    --format | --format=)
        mapfile -t COMPREPLY < <(compgen -W 'table unicode vertical auto tab tsv csv json jsonl markdown md html xml' -- "$cur")
        return
        ;;
    --binary | --binary=)
        mapfile -t COMPREPLY < <(compgen -W 'auto hex base64 raw' -- "$cur")
        return
        ;;
    --quick-max-column-width | --quick-max-column-width=)
        return
        ;;
    --null-as | --null-as=)
        return
        ;;
    --color | --color=)
        mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
        return
        ;;
    --pager=)
        return
        ;;
    --tee | --tee=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --prompt | --prompt=)
        return
        ;;
    --histignore | --histignore=)
        return
        ;;
    --select-limit | --select-limit=)
        return
        ;;
    --max-join-size | --max-join-size=)
        return
        ;;
    --guard | --guard=)
        mapfile -t COMPREPLY < <(compgen -W 'normal strict' -- "$cur")
        return
        ;;
    --environment | --environment=)
        return
        ;;
    --approve | --approve=)
        mapfile -t COMPREPLY < <(compgen -W 'reversible' -- "$cur")
        return
        ;;
    --mv-only | --mv-only=)
        return
        ;;
    --mv-except | --mv-except=)
        return
        ;;
    --context | --context=)
        return
        ;;
    --namespace | --namespace=)
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
    --kubectl-timeout | --kubectl-timeout=)
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
    --practice=)
        mapfile -t COMPREPLY < <(compgen -W 'seed 2.5.22 3.0.9 3.1.17 3.2.16 3.4.8 3.5.16 4.0.3 4.1 shared-nothing hostile big plain-statefulset helm-owned emptydir by-address old-crd warehouses' -- "$cur")
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
    --defaults-file | --defaults-file=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --defaults-extra-file | --defaults-extra-file=)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --defaults-group-suffix | --defaults-group-suffix=)
        return
        ;;
    --login-path | --login-path=)
        return
        ;;
    --help=)
        return
        ;;
    esac
    [[ $cur == -* ]] || return
    mapfile -t COMPREPLY < <(compgen -W '--host= --port= --socket= --user= --password --password-file= --password-command= --database= --profile= --protocol= --connect-timeout= --wait --init-command= --init-command-add= --default-character-set= --character-sets-dir= --bind-address= --compress --compression-algorithms= --zstd-compression-level= --max-allowed-packet= --net-buffer-length= --plugin-dir= --default-auth= --enable-cleartext-plugin --connect-expired-password --local-infile --ssl-mode= --ssl --ssl-verify-server-cert --ssl-ca= --ssl-capath= --ssl-cert= --ssl-key= --ssl-cipher= --ssl-crl= --ssl-crlpath= --ssl-fp= --ssl-fplist= --tls-version= --execute= --force --delimiter= --quick --comments --named-commands --line-numbers --skip-line-numbers --abort-source-on-error --print-query-on-error --binary-mode --reconnect --sandbox --commands --system-command --allow-commands --allow-shell --batch --table --vertical --auto-vertical-output --format= --html --xml --skip-column-names --column-names --raw --silent --verbose --unbuffered --column-type-info --binary-as-hex --binary= --show-warnings --progress-reports --debug-info --quick-max-column-width= --null-as= --color= --pager --no-pager --tee= --no-tee --no-auto-rehash --auto-rehash --prompt= --no-beep --sigint-ignore --histignore= --syslog --safe-updates --i-am-a-dummy --select-limit= --max-join-size= --guard= --environment= --dry-run --approve= --each --mv-only= --mv-except= --context= --namespace= --cluster= --kubeconfig= --kubectl= --kubectl-timeout= --no-kube --no-connect --via= --guide-timeout= --state-dir= --practice --practice-dir= --practice-speed= --print-defaults --no-defaults --defaults-file= --defaults-extra-file= --defaults-group-suffix= --login-path= --no-login-paths --help --version' -- "$cur")
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}

complete -F _belay belay

# fish completion for belay. Made by belay-generate from the tables of the program. Do not edit.

function __belay_commands
    printf '%s\t%s\n' \
        '\\leader' 'show the leader FE, its pod and who agrees' \
        '\\nodes' 'list every FE, BE and CN' \
        '\\image' 'make a new metadata image and prove that it is whole' \
        '\\image status' 'what images every FE has, and whether they are whole' \
        '\\backup' 'make an image and a proved copy of the metadata' \
        '\\backup verify' 'is this backup whole? asks no server' \
        '\\restore-plan' 'print the exact way back for this cluster as it is now' \
        '\\mv' 'list the asynchronous materialized views' \
        '\\mv list' 'the same as \\mv' \
        '\\mv show' 'one view whole: state, what it stands on, definition' \
        '\\mv inactivate' 'take the named views down' \
        '\\mv activate' 'bring the named views up again' \
        '\\mv inactivate-all' 'take every view down, leaves first' \
        '\\mv activate-all' 'bring up every view that belay took down, bases first' \
        '\\mv ledger' 'what belay took down, when, from which state' \
        '\\plan show' 'show a saved plan' \
        '\\plan digest' 'print the digest of a saved plan' \
        '\\plan diff' 'compare a saved plan with what the world gives now' \
        '\\run' 'run a saved plan, if the world still gives it' \
        '\\resume' 'go on with a run that was stopped or killed' \
        '\\journal' 'what the last run did' \
        '\\journal show' 'what a run did, step by step' \
        '\\journal list' 'all runs of this cluster' \
        '\\journal verify' 'check the chain of one journal or of all'
end

complete -c belay -f
complete -c belay -s 'h' -l host -x -d 'FE to connect to'
complete -c belay -s 'P' -l port -x -d 'its query port (9030)'
complete -c belay -s 'S' -l socket -r -F -d 'Unix socket to connect through'
complete -c belay -s 'u' -l user -x -d 'user to log in as'
complete -c belay -s 'p' -l password -d 'password; without a text it is asked for'
complete -c belay -s 'D' -l database -x -d 'database to use'
complete -c belay -l connect-timeout -x -d 'limit for connecting (10)'
complete -c belay -l ssl-mode -x -a 'disabled preferred required verify_identity' -d 'disabled, preferred (default), required, verify_identity'
complete -c belay -l ssl-ca -r -F -d 'certificates to trust'
complete -c belay -l ssl -d 'require TLS; --skip-ssl: no TLS'
complete -c belay -s 'e' -l execute -x -a '(__belay_commands)' -d 'run this and end; each -e is a unit of its own'
complete -c belay -s 'B' -l batch -d 'tab-separated output, no history, no prompts'
complete -c belay -s 't' -l table -d 'output as a table, also in batch'
complete -c belay -s 'E' -l vertical -d 'one column a line'
complete -c belay -l format -x -a 'table vertical tab json' -d 'table, vertical, tab, json'
complete -c belay -s 'N' -l skip-column-names -d 'no column names'
complete -c belay -s 'r' -l raw -d 'no escaping in tab-separated output'
complete -c belay -s 's' -l silent -d 'as --batch; given twice, or in a pipe: no column names'
complete -c belay -s 'f' -l force -d 'go on after an SQL error; the exit status tells'
complete -c belay -s 'q' -l quick -d 'do not keep rows, print them as they come'
complete -c belay -s 'A' -l no-auto-rehash -d 'do not read names for completion'
complete -c belay -l show-warnings -d 'show warnings after each statement'
complete -c belay -l delimiter -x -d 'what ends a statement (;)'
complete -c belay -l null-as -x -d 'how NULL is written'
complete -c belay -l color -x -a 'auto always never' -d 'auto (default), always, never'
complete -c belay -l context -x -d 'kubectl context (default: the current one)'
complete -c belay -s 'n' -l namespace -x -d 'namespace (default: the context\'s)'
complete -c belay -l cluster -x -d 'StarRocksCluster, or StatefulSet prefix'
complete -c belay -l kubeconfig -r -F -d 'kubectl\'s configuration'
complete -c belay -l kubectl -r -F -d 'the kubectl program (default: from PATH)'
complete -c belay -l no-kube -d 'never start kubectl'
complete -c belay -l via -x -a 'port-forward' -d 'reach every FE through kubectl port-forward'
complete -c belay -l guide-timeout -x -d 'limit for one statement of a guided command (30)'
complete -c belay -l state-dir -x -a '(__fish_complete_directories)' -d 'journals and plans ($XDG_STATE_HOME/belay)'
complete -c belay -l dry-run -d 'show the plan and its digest, send nothing'
complete -c belay -l approve -x -a 'reversible' -d 'reversible, or sha256:DIGEST of exactly this plan'
complete -c belay -l each -d 'ask for every step'
complete -c belay -l allow-commands -d 'let piped and sourced text change the cluster and write files'
complete -c belay -l allow-shell -d 'let piped and sourced text start programs'
complete -c belay -l practice -a 'seed 3.4.8 3.5.16 4.1 shared-nothing hostile' -d 'practice cluster: seed, shared-nothing, 3.4.8, 3.5.16, 4.1, hostile'
complete -c belay -l practice-dir -x -a '(__fish_complete_directories)' -d 'keep the practice cluster there'
complete -c belay -l practice-speed -x -d 'its clock runs N times as fast (20)'
complete -c belay -s '?' -l help -d 'this page'
complete -c belay -s 'V' -l version -d 'belay\'s version'

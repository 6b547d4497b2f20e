#compdef belay
# Made by belay-generate from the tables of the program. Do not edit.

_belay_commands() {
    local -a names says
    names=(
        '\leader'
        '\nodes'
        '\image'
        '\image status'
        '\backup'
        '\backup verify'
        '\restore-plan'
        '\mv'
        '\mv list'
        '\mv show'
        '\mv inactivate'
        '\mv activate'
        '\mv inactivate-all'
        '\mv activate-all'
        '\mv ledger'
        '\plan show'
        '\plan digest'
        '\plan diff'
        '\run'
        '\resume'
        '\journal'
        '\journal show'
        '\journal list'
        '\journal verify'
    )
    says=(
        '\leader -- show the leader FE, its pod and who agrees'
        '\nodes -- list every FE, BE and CN'
        '\image -- make a new metadata image and prove that it is whole'
        '\image status -- what images every FE has, and whether they are whole'
        '\backup -- make an image and a proved copy of the metadata'
        '\backup verify -- is this backup whole? asks no server'
        '\restore-plan -- print the exact way back for this cluster as it is now'
        '\mv -- list the asynchronous materialized views'
        '\mv list -- the same as \mv'
        '\mv show -- one view whole: state, what it stands on, definition'
        '\mv inactivate -- take the named views down'
        '\mv activate -- bring the named views up again'
        '\mv inactivate-all -- take every view down, leaves first'
        '\mv activate-all -- bring up every view that belay took down, bases first'
        '\mv ledger -- what belay took down, when, from which state'
        '\plan show -- show a saved plan'
        '\plan digest -- print the digest of a saved plan'
        '\plan diff -- compare a saved plan with what the world gives now'
        '\run -- run a saved plan, if the world still gives it'
        '\resume -- go on with a run that was stopped or killed'
        '\journal -- what the last run did'
        '\journal show -- what a run did, step by step'
        '\journal list -- all runs of this cluster'
        '\journal verify -- check the chain of one journal or of all'
    )
    compadd -l -d says -a names
}

_arguments -s -S \
    '(-h --host)'{'-h+',--host=}'[FE to connect to]:host: ' \
    '(-P --port)'{'-P+',--port=}'[its query port (9030)]:port: ' \
    '(-S --socket)'{'-S+',--socket=}'[Unix socket to connect through]:socket:_files' \
    '(-u --user)'{'-u+',--user=}'[user to log in as]:user: ' \
    '(-p --password)'{'-p-',--password=-}'[password; without a text it is asked for]::password: ' \
    '(-D --database)'{'-D+',--database=}'[database to use]:database: ' \
    --connect-timeout='[limit for connecting (10)]:connect-timeout: ' \
    --ssl-mode='[disabled, preferred (default), required, verify_identity]:ssl-mode:(disabled preferred required verify_identity)' \
    --ssl-ca='[certificates to trust]:ssl-ca:_files' \
    --ssl'[require TLS; --skip-ssl\: no TLS]' \
    '*'{'-e+',--execute=}'[run this and end; each -e is a unit of its own]:execute:_belay_commands' \
    '(-B --batch)'{'-B',--batch}'[tab-separated output, no history, no prompts]' \
    '(-t --table)'{'-t',--table}'[output as a table, also in batch]' \
    '(-E --vertical)'{'-E',--vertical}'[one column a line]' \
    --format='[table, vertical, tab, json]:format:(table vertical tab json)' \
    '(-N --skip-column-names)'{'-N',--skip-column-names}'[no column names]' \
    '(-r --raw)'{'-r',--raw}'[no escaping in tab-separated output]' \
    '(-s --silent)'{'-s',--silent}'[as --batch; given twice, or in a pipe\: no column names]' \
    '(-f --force)'{'-f',--force}'[go on after an SQL error; the exit status tells]' \
    '(-q --quick)'{'-q',--quick}'[do not keep rows, print them as they come]' \
    '(-A --no-auto-rehash)'{'-A',--no-auto-rehash}'[do not read names for completion]' \
    --show-warnings'[show warnings after each statement]' \
    --delimiter='[what ends a statement (;)]:delimiter: ' \
    --null-as='[how NULL is written]:null-as: ' \
    --color='[auto (default), always, never]:color:(auto always never)' \
    --context='[kubectl context (default\: the current one)]:context: ' \
    '(-n --namespace)'{'-n+',--namespace=}'[namespace (default\: the context'\''s)]:namespace: ' \
    --cluster='[StarRocksCluster, or StatefulSet prefix]:cluster: ' \
    --kubeconfig='[kubectl'\''s configuration]:kubeconfig:_files' \
    --kubectl='[the kubectl program (default\: from PATH)]:kubectl:_files' \
    --no-kube'[never start kubectl]' \
    --via='[reach every FE through kubectl port-forward]:via:(port-forward)' \
    --guide-timeout='[limit for one statement of a guided command (30)]:guide-timeout: ' \
    --state-dir='[journals and plans ($XDG_STATE_HOME/belay)]:state-dir:_files -/' \
    --dry-run'[show the plan and its digest, send nothing]' \
    --approve='[reversible, or sha256\:DIGEST of exactly this plan]:approve:(reversible)' \
    --each'[ask for every step]' \
    --allow-commands'[let piped and sourced text change the cluster and write files]' \
    --allow-shell'[let piped and sourced text start programs]' \
    --practice=-'[practice cluster\: seed, shared-nothing, 3.4.8, 3.5.16, 4.1, hostile]::practice:(seed 3.4.8 3.5.16 4.1 shared-nothing hostile)' \
    --practice-dir='[keep the practice cluster there]:practice-dir:_files -/' \
    --practice-speed='[its clock runs N times as fast (20)]:practice-speed: ' \
    '(-? --help)'{'-?',--help}'[this page]' \
    '(-V --version)'{'-V',--version}'[belay'\''s version]' \
    '::database: '

#compdef belay
# Made by belay-generate from the tables of the program. Do not edit.

_belay_commands() {
    local -a names says
    names=(
        '\leader'
        '\nodes'
        '\preflight'
        '\writes'
        '\writes list'
        '\writes pause'
        '\writes resume'
        '\settings'
        '\settings list'
        '\settings apply'
        '\settings back'
        '\proof take'
        '\proof compare'
        '\image'
        '\image status'
        '\backup'
        '\backup verify'
        '\backup list'
        '\backup prune'
        '\restore-plan'
        '\restore'
        '\upgrade'
        '\roll'
        '\roll next'
        '\roll pause'
        '\roll back'
        '\wait'
        '\where'
        '\mv'
        '\mv list'
        '\mv show'
        '\mv graph'
        '\mv inactivate'
        '\mv activate'
        '\mv inactivate-all'
        '\mv activate-all'
        '\mv forecast'
        '\mv ledger'
        '\mv ledger show'
        '\mv ledger drop'
        '\mv pause'
        '\mv resume'
        '\mv pause-all'
        '\mv resume-all'
        '\mv runs'
        '\mv cancel'
        '\plan show'
        '\plan digest'
        '\plan diff'
        '\run'
        '\runbook'
        '\resume'
        '\journal'
        '\journal show'
        '\journal list'
        '\journal verify'
        '\journal close'
        '\report'
        '\undo'
        '\lease'
        '\journal export'
        '\journal import'
        '\set'
        '\unset'
        '\gset'
        '\gexec'
        '\watch'
        '\if'
        '\elif'
        '\else'
        '\endif'
        '\echo'
        '\qecho'
        '\warn'
        '\describe'
        '\tables'
        '\databases'
        '\catalogs'
        '\favourite'
        '\favourite list'
        '\favourite save'
        '\favourite run'
        '\favourite drop'
        '\timing'
        '\errverbose'
        '\profile'
    )
    says=(
        '\leader -- show the leader FE, its pod and who agrees'
        '\nodes -- list every FE, BE and CN'
        '\preflight -- what must hold before an upgrade begins'
        '\writes -- what still writes: loads, jobs, refreshes, compaction'
        '\writes list -- the same as \writes'
        '\writes pause -- pause what writes by itself, wait for what runs'
        '\writes resume -- put back what \writes pause took away'
        '\settings -- FE settings that belay changes or watches, on each FE'
        '\settings list -- the same as \settings'
        '\settings apply -- set again what FEs forgot when they restarted'
        '\settings back -- put back FE settings that belay changed'
        '\proof take -- note what the cluster is, to compare after an upgrade'
        '\proof compare -- compare the cluster with what \proof take noted'
        '\image -- make a new metadata image and prove that it is whole'
        '\image status -- what images every FE has, and whether they are whole'
        '\backup -- make an image and a proved copy of the metadata'
        '\backup verify -- is this backup whole? asks no server'
        '\backup list -- the backups in a directory and what each is worth'
        '\backup prune -- remove old backups of this cluster'
        '\restore-plan -- print the exact way back for this cluster as it is now'
        '\restore -- put the metadata of a backup back into this cluster'
        '\upgrade -- bring the cluster to another release, each step proved'
        '\roll -- every pod of a rollout, and which one is next'
        '\roll next -- replace the next pod of a rollout, and prove it'
        '\roll pause -- stop a rollout between two pods'
        '\roll back -- put the image of before back in a rollout'
        '\wait -- until the cluster is so, or a time is over'
        '\where -- how far the open run is, also from a second terminal'
        '\mv -- list the asynchronous materialized views'
        '\mv list -- the same as \mv'
        '\mv show -- one view whole: state, lineage, refreshes, definition'
        '\mv graph -- draw which view stands on which'
        '\mv inactivate -- take the named views down'
        '\mv activate -- bring the named views up again'
        '\mv inactivate-all -- take every view down, leaves first'
        '\mv activate-all -- bring up every view that belay took down, bases first'
        '\mv forecast -- what bringing views up refreshes, and for how long'
        '\mv ledger -- what belay took down or paused, from which state'
        '\mv ledger show -- the same; with a name, its definition as it was then'
        '\mv ledger drop -- forget views that belay took down or paused'
        '\mv pause -- stop the schedules of the named views'
        '\mv resume -- give the named views their schedules back'
        '\mv pause-all -- stop the schedules of all views, without INACTIVE'
        '\mv resume-all -- give every view that belay paused its schedule back'
        '\mv runs -- refresh runs of the views, oldest first'
        '\mv cancel -- end the refreshes of the named views'
        '\plan show -- show a saved plan'
        '\plan digest -- print the digest of a saved plan'
        '\plan diff -- compare a saved plan with what the world gives now'
        '\run -- run a saved plan, if the world still gives it'
        '\runbook -- run a plan of your own, written in YAML'
        '\resume -- go on with a run that was stopped or killed'
        '\journal -- what the last run did'
        '\journal show -- what a run did, step by step'
        '\journal list -- all runs of this cluster'
        '\journal verify -- check the chain of one journal or of all'
        '\journal close -- close a run that nobody will go on with'
        '\report -- one file about a run: plan, journal, proof, backup'
        '\undo -- take back what a run did, newest step first'
        '\lease -- show who works on the cluster now'
        '\journal export -- write a run to one file, to be gone on with elsewhere'
        '\journal import -- take a run that was exported elsewhere'
        '\set -- set a variable or a setting; alone: list them'
        '\unset -- remove a variable'
        '\gset -- send the statement; its one row becomes variables'
        '\gexec -- send the statement, then its cells as statements'
        '\watch -- send the statement again and again'
        '\if -- run what follows only when this is true'
        '\elif -- in an \if: else, when this is true'
        '\else -- in an \if: when nothing before was true'
        '\endif -- the end of an \if'
        '\echo -- print a text'
        '\qecho -- print a text where results go: to \o, \once'
        '\warn -- print a text to standard error'
        '\describe -- list the columns of a table or view'
        '\tables -- list tables and views'
        '\databases -- list databases'
        '\catalogs -- list catalogs'
        '\favourite -- list the statements kept under a name'
        '\favourite list -- the same as \favourite'
        '\favourite save -- keep the last statement under a name'
        '\favourite run -- send a kept statement, with its parameters'
        '\favourite drop -- forget a kept statement; it is shown once more'
        '\timing -- show how long statements take, or not; alone: switch'
        '\errverbose -- tell all about the last error'
        '\profile -- show what the server measured of a statement'
    )
    compadd -l -d says -a names
}

_belay_profiles() {
    local -a names
    names=(${(f)"$(sed -n 's/^\([[:alnum:]_.-]\{1,\}\):.*/\1/p' "${XDG_CONFIG_HOME:-$HOME/.config}/belay/profiles.yaml" 2> /dev/null)"})
    compadd -a names
}

_arguments -s -S \
    '(-h --host)'{'-h+',--host=}'[FE to connect to, or several, tried in turn\: a,b\:9031,c]:host: ' \
    '(-P --port)'{'-P+',--port=}'[its query port (9030)]:port: ' \
    '(-S --socket)'{'-S+',--socket=}'[Unix socket to connect through]:socket:_files' \
    '(-u --user)'{'-u+',--user=}'[user to log in as (the login name)]:user: ' \
    '(-p --password)'{'-p-',--password=-}'[password; without a text it is asked for]::password: ' \
    --password-file='[read the password from a file that only you can read, or a pipe]:password-file:_files' \
    --password-command='[run this program; the first line it prints is the password]:password-command: ' \
    '(-D --database)'{'-D+',--database=}'[database to use]:database: ' \
    --profile='[a cluster of ~/.config/belay/profiles.yaml]:profile:_belay_profiles' \
    --protocol='[tcp or socket]:protocol:(tcp socket)' \
    --connect-timeout='[limit for connecting (10); 0\: none]:connect-timeout: ' \
    '(-w --wait)'{'-w-',--wait=-}'[wait for a server that is down, so long or until ^C]::wait: ' \
    '*'--init-command='[run this after every connect]:init-command: ' \
    '*'--init-command-add='[one more to run after every connect]:init-command-add: ' \
    --default-character-set='[character set of the connection (utf8mb4)]:default-character-set: ' \
    --character-sets-dir='[accepted\: belay has its character sets built in]:character-sets-dir:_files -/' \
    --bind-address='[local address to connect from]:bind-address: ' \
    '(-C --compress)'{'-C',--compress}'[accepted; StarRocks offers no compression]' \
    --compression-algorithms='[accepted; StarRocks offers no compression]:compression-algorithms: ' \
    --zstd-compression-level='[accepted; StarRocks offers no compression]:zstd-compression-level: ' \
    --max-allowed-packet='[largest row to take (64M)]:max-allowed-packet: ' \
    --net-buffer-length='[size of the network buffer]:net-buffer-length: ' \
    --plugin-dir='[where authentication plugins are]:plugin-dir:_files -/' \
    --default-auth='[authentication plugin to begin with]:default-auth: ' \
    --enable-cleartext-plugin'[send the password readable also without TLS (LDAP)]' \
    --connect-expired-password'[let a user with an expired password in to change it]' \
    --local-infile'[let LOAD DATA LOCAL send files of this machine]' \
    --ssl-mode='[disabled, preferred, required, verify_ca, verify_identity]:ssl-mode:(disabled preferred required verify_ca verify_identity)' \
    --ssl'[require TLS; --skip-ssl\: no TLS]' \
    --ssl-verify-server-cert'[as --ssl-mode=verify_identity]' \
    --ssl-ca='[certificates to trust]:ssl-ca:_files' \
    --ssl-capath='[directory of certificates to trust]:ssl-capath:_files -/' \
    --ssl-cert='[certificate to show to the server]:ssl-cert:_files' \
    --ssl-key='[its key]:ssl-key:_files' \
    --ssl-cipher='[ciphers to allow]:ssl-cipher: ' \
    --ssl-crl='[certificates that were revoked]:ssl-crl:_files' \
    --ssl-crlpath='[directory of lists of revoked certificates]:ssl-crlpath:_files -/' \
    --ssl-fp='[fingerprint that the server'\''s certificate must have]:ssl-fp: ' \
    --ssl-fplist='[fingerprints, of which it must have one]:ssl-fplist:_files' \
    --tls-version='[versions to allow\: TLSv1.2,TLSv1.3]:tls-version: ' \
    '*'{'-e+',--execute=}'[run this and end; each -e is a unit of its own]:execute:_belay_commands' \
    '(-f --force)'{'-f',--force}'[go on after an SQL error; the exit status tells]' \
    --delimiter='[what ends a statement (;)]:delimiter: ' \
    '(-q --quick)'{'-q',--quick}'[do not keep rows, print them as they come; no history]' \
    '(-c --comments)'{'-c',--comments}'[send comments to the server (belay always does)]' \
    '(-G --named-commands)'{'-G',--named-commands}'[words such as source also inside a statement]' \
    --line-numbers'[tell the line of an error]' \
    '(-L --skip-line-numbers)'{'-L',--skip-line-numbers}'[do not tell the line of an error]' \
    --abort-source-on-error'[source stops at the first error]' \
    --print-query-on-error'[in batch, print the statement that failed, without its secrets]' \
    --binary-mode'[read \\r\\n and NUL as they are; client commands only delimiter, \\C]' \
    --reconnect'[connect again after a loss (at a terminal\: the default)]' \
    --sandbox'[no commands that touch files or start programs, until the end]' \
    --commands'[client commands in scripts]' \
    --system-command'[the command \\! (system)]' \
    --allow-commands'[let piped and sourced text change the cluster and write files]' \
    --allow-shell'[let piped and sourced text start programs]' \
    '(-B --batch)'{'-B',--batch}'[tab-separated output, no history, no prompts]' \
    '(-t --table)'{'-t',--table}'[output as a table, also in batch]' \
    '(-E --vertical)'{'-E',--vertical}'[one column a line]' \
    --auto-vertical-output'[one column a line when a row is wider than the screen]' \
    --format='[table, unicode, vertical, auto, tab, csv, json, …]:format:(table unicode vertical auto tab tsv csv json jsonl markdown md html xml)' \
    '(-H --html)'{'-H',--html}'[output as HTML tables]' \
    '(-X --xml)'{'-X',--xml}'[output as XML]' \
    '(-N --skip-column-names)'{'-N',--skip-column-names}'[no column names]' \
    --column-names'[column names (on)]' \
    '(-r --raw)'{'-r',--raw}'[no escaping in tab-separated output]' \
    '(-s --silent)'{'-s',--silent}'[as --batch; given twice, or in a pipe\: no column names]' \
    '(-v --verbose)'{'-v',--verbose}'[say more\: the statement, then its counts, then its time]' \
    '(-n --unbuffered)'{'-n',--unbuffered}'[write out what there is after every statement]' \
    --column-type-info'[the type of each column before the rows]' \
    --binary-as-hex'[binary data as 0x…]' \
    --binary='[binary data\: auto (default), hex, base64, raw]:binary:(auto hex base64 raw)' \
    --show-warnings'[show warnings after each statement]' \
    --progress-reports'[show how far a long statement has come]' \
    '(-T --debug-info)'{'-T',--debug-info}'[time and memory used, at the end]' \
    --quick-max-column-width='[widest column of a table under --quick]:quick-max-column-width: ' \
    --null-as='[how NULL is written]:null-as: ' \
    --color='[auto (default), always, never]:color:(auto always never)' \
    --pager=-'[show long results through this program, or $PAGER]::pager: ' \
    --no-pager'[never start a pager]' \
    --tee='[append all input and output to a file]:tee:_files' \
    --no-tee'[no tee]' \
    '(-A --no-auto-rehash)'{'-A',--no-auto-rehash}'[accepted\: belay reads names only when they are wanted]' \
    --auto-rehash'[read names for completion when they are wanted (on)]' \
    --prompt='[the prompt, with mysql'\''s escapes]:prompt: ' \
    '(-b --no-beep)'{'-b',--no-beep}'[no sound at an error]' \
    --sigint-ignore'[^C does nothing]' \
    --histignore='[patterns, separated by colons, of what the history does not keep]:histignore: ' \
    '(-j --syslog)'{'-j',--syslog}'[tell the system log what is typed, without its secrets]' \
    '(-U --safe-updates)'{'-U',--safe-updates}'[refuse UPDATE and DELETE without a WHERE]' \
    --i-am-a-dummy'[the same as --safe-updates]' \
    --select-limit='[most rows of a SELECT under --safe-updates (1000)]:select-limit: ' \
    --max-join-size='[accepted without effect\: StarRocks has no such limit]:max-join-size: ' \
    --guard='[strict\: no SQL that destroys in batch]:guard:(normal strict)' \
    --environment='[production\: a red prompt and a strict guard]:environment: ' \
    --dry-run'[show the plan and its digest, send nothing]' \
    --approve='[reversible, or sha256\:DIGEST of exactly this plan]:approve:(reversible)' \
    --each'[ask for every step]' \
    --mv-only='[--only of the commands over views that are given none]:mv-only: ' \
    --mv-except='[the same for --except]:mv-except: ' \
    --context='[kubectl context (default\: the current one)]:context: ' \
    --namespace='[namespace (default\: the context'\''s)]:namespace: ' \
    --cluster='[StarRocksCluster, or StatefulSet prefix]:cluster: ' \
    --kubeconfig='[kubectl'\''s configuration]:kubeconfig:_files' \
    --kubectl='[the kubectl program (default\: from PATH)]:kubectl:_files' \
    --kubectl-timeout='[most for a call of kubectl, or a stream'\''s pause (0\: as each needs)]:kubectl-timeout: ' \
    --no-kube'[never start kubectl]' \
    --no-connect'[open the prompt although no FE answers\: for \\restore]' \
    --via='[reach FEs by kubectl port-forward, without --host the first too]:via:(port-forward)' \
    --guide-timeout='[limit for one statement of a guided command (30)]:guide-timeout: ' \
    --state-dir='[journals and plans ($XDG_STATE_HOME/belay)]:state-dir:_files -/' \
    --practice=-'[rehearse on\: seed, shared-nothing, helm-owned, or a release (3.5.16)]::practice:(seed 2.5.22 3.0.9 3.1.17 3.2.16 3.4.8 3.5.16 4.0.3 4.1 shared-nothing hostile big plain-statefulset helm-owned emptydir by-address old-crd warehouses)' \
    --practice-dir='[keep the practice cluster there]:practice-dir:_files -/' \
    --practice-speed='[its clock runs N times as fast (20)]:practice-speed: ' \
    --print-defaults'[show each setting with its file and line, and end]' \
    --no-defaults'[read no file of options but the login paths]' \
    --defaults-file='[read only this file of options]:defaults-file:_files' \
    --defaults-extra-file='[read this file too, before ~/.my.cnf]:defaults-extra-file:_files' \
    --defaults-group-suffix='[read also groups with this at their end\: \[clientTEXT\]]:defaults-group-suffix: ' \
    --login-path='[read this group too, and from ~/.mylogin.cnf]:login-path: ' \
    --no-login-paths'[do not read ~/.mylogin.cnf]' \
    '(-? --help)'{'-?-',--help=-}'[this page; all of it with --help=all]::help: ' \
    '(-V --version)'{'-V',--version}'[belay'\''s version; twice\: its libraries as well]' \
    '1::database:()'

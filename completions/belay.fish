# fish completion for belay. Made by belay-generate from the tables of the program. Do not edit.

function __belay_commands
    printf '%s\t%s\n' \
        '\\leader' 'show the leader FE, its pod and who agrees' \
        '\\nodes' 'list every FE, BE and CN' \
        '\\preflight' 'what must hold before an upgrade begins' \
        '\\writes' 'what still writes: loads, jobs, refreshes, compaction' \
        '\\writes list' 'the same as \\writes' \
        '\\writes pause' 'pause what writes by itself, wait for what runs' \
        '\\writes resume' 'put back what \\writes pause took away' \
        '\\settings' 'FE settings that belay changes or watches, on each FE' \
        '\\settings list' 'the same as \\settings' \
        '\\settings apply' 'set again what FEs forgot when they restarted' \
        '\\settings back' 'put back FE settings that belay changed' \
        '\\proof take' 'note what the cluster is, to compare after an upgrade' \
        '\\proof compare' 'compare the cluster with what \\proof take noted' \
        '\\image' 'make a new metadata image and prove that it is whole' \
        '\\image status' 'what images every FE has, and whether they are whole' \
        '\\backup' 'make an image and a proved copy of the metadata' \
        '\\backup verify' 'is this backup whole? asks no server' \
        '\\backup list' 'the backups in a directory and what each is worth' \
        '\\backup prune' 'remove old backups of this cluster' \
        '\\restore-plan' 'print the exact way back for this cluster as it is now' \
        '\\restore' 'put the metadata of a backup back into this cluster' \
        '\\upgrade' 'bring the cluster to another release, each step proved' \
        '\\roll' 'every pod of a rollout, and which one is next' \
        '\\roll next' 'replace the next pod of a rollout, and prove it' \
        '\\roll pause' 'stop a rollout between two pods' \
        '\\roll back' 'put the image of before back in a rollout' \
        '\\wait' 'until the cluster is so, or a time is over' \
        '\\where' 'how far the open run is, also from a second terminal' \
        '\\mv' 'list the asynchronous materialized views' \
        '\\mv list' 'the same as \\mv' \
        '\\mv show' 'one view whole: state, lineage, refreshes, definition' \
        '\\mv graph' 'draw which view stands on which' \
        '\\mv inactivate' 'take the named views down' \
        '\\mv activate' 'bring the named views up again' \
        '\\mv inactivate-all' 'take every view down, leaves first' \
        '\\mv activate-all' 'bring up every view that belay took down, bases first' \
        '\\mv forecast' 'what bringing views up refreshes, and for how long' \
        '\\mv ledger' 'what belay took down or paused, from which state' \
        '\\mv ledger show' 'the same; with a name, its definition as it was then' \
        '\\mv ledger drop' 'forget views that belay took down or paused' \
        '\\mv pause' 'stop the schedules of the named views' \
        '\\mv resume' 'give the named views their schedules back' \
        '\\mv pause-all' 'stop the schedules of all views, without INACTIVE' \
        '\\mv resume-all' 'give every view that belay paused its schedule back' \
        '\\mv runs' 'refresh runs of the views, oldest first' \
        '\\mv cancel' 'end the refreshes of the named views' \
        '\\plan show' 'show a saved plan' \
        '\\plan digest' 'print the digest of a saved plan' \
        '\\plan diff' 'compare a saved plan with what the world gives now' \
        '\\run' 'run a saved plan, if the world still gives it' \
        '\\runbook' 'run a plan of your own, written in YAML' \
        '\\resume' 'go on with a run that was stopped or killed' \
        '\\journal' 'what the last run did' \
        '\\journal show' 'what a run did, step by step' \
        '\\journal list' 'all runs of this cluster' \
        '\\journal verify' 'check the chain of one journal or of all' \
        '\\journal close' 'close a run that nobody will go on with' \
        '\\report' 'one file about a run: plan, journal, proof, backup' \
        '\\undo' 'take back what a run did, newest step first' \
        '\\lease' 'show who works on the cluster now' \
        '\\journal export' 'write a run to one file, to be gone on with elsewhere' \
        '\\journal import' 'take a run that was exported elsewhere' \
        '\\set' 'set a variable or a setting; alone: list them' \
        '\\unset' 'remove a variable' \
        '\\gset' 'send the statement; its one row becomes variables' \
        '\\gexec' 'send the statement, then its cells as statements' \
        '\\watch' 'send the statement again and again' \
        '\\if' 'run what follows only when this is true' \
        '\\elif' 'in an \\if: else, when this is true' \
        '\\else' 'in an \\if: when nothing before was true' \
        '\\endif' 'the end of an \\if' \
        '\\echo' 'print a text' \
        '\\qecho' 'print a text where results go: to \\o, \\once' \
        '\\warn' 'print a text to standard error' \
        '\\describe' 'list the columns of a table or view' \
        '\\tables' 'list tables and views' \
        '\\databases' 'list databases' \
        '\\catalogs' 'list catalogs' \
        '\\favourite' 'list the statements kept under a name' \
        '\\favourite list' 'the same as \\favourite' \
        '\\favourite save' 'keep the last statement under a name' \
        '\\favourite run' 'send a kept statement, with its parameters' \
        '\\favourite drop' 'forget a kept statement; it is shown once more' \
        '\\timing' 'show how long statements take, or not; alone: switch' \
        '\\errverbose' 'tell all about the last error' \
        '\\profile' 'show what the server measured of a statement'
end

function __belay_profiles
    set -l dir (set -q XDG_CONFIG_HOME; and echo $XDG_CONFIG_HOME; or echo ~/.config)
    sed -n 's/^\([[:alnum:]_.-]\{1,\}\):.*/\1/p' $dir/belay/profiles.yaml 2> /dev/null
end

complete -c belay -f
complete -c belay -s 'h' -l host -x -d 'FE to connect to, or several, tried in turn: a,b:9031,c'
complete -c belay -s 'P' -l port -x -d 'its query port (9030)'
complete -c belay -s 'S' -l socket -r -F -d 'Unix socket to connect through'
complete -c belay -s 'u' -l user -x -d 'user to log in as (the login name)'
complete -c belay -s 'p' -l password -d 'password; without a text it is asked for'
complete -c belay -l password-file -r -F -d 'read the password from a file that only you can read, or a pipe'
complete -c belay -l password-command -x -d 'run this program; the first line it prints is the password'
complete -c belay -s 'D' -l database -x -d 'database to use'
complete -c belay -l profile -x -a '(__belay_profiles)' -d 'a cluster of ~/.config/belay/profiles.yaml'
complete -c belay -l protocol -x -a 'tcp socket' -d 'tcp or socket'
complete -c belay -l connect-timeout -x -d 'limit for connecting (10); 0: none'
complete -c belay -s 'w' -l wait -d 'wait for a server that is down, so long or until ^C'
complete -c belay -l init-command -x -d 'run this after every connect'
complete -c belay -l init-command-add -x -d 'one more to run after every connect'
complete -c belay -l default-character-set -x -d 'character set of the connection (utf8mb4)'
complete -c belay -l character-sets-dir -x -a '(__fish_complete_directories)' -d 'accepted: belay has its character sets built in'
complete -c belay -l bind-address -x -d 'local address to connect from'
complete -c belay -s 'C' -l compress -d 'accepted; StarRocks offers no compression'
complete -c belay -l compression-algorithms -x -d 'accepted; StarRocks offers no compression'
complete -c belay -l zstd-compression-level -x -d 'accepted; StarRocks offers no compression'
complete -c belay -l max-allowed-packet -x -d 'largest row to take (64M)'
complete -c belay -l net-buffer-length -x -d 'size of the network buffer'
complete -c belay -l plugin-dir -x -a '(__fish_complete_directories)' -d 'where authentication plugins are'
complete -c belay -l default-auth -x -d 'authentication plugin to begin with'
complete -c belay -l enable-cleartext-plugin -d 'send the password readable also without TLS (LDAP)'
complete -c belay -l connect-expired-password -d 'let a user with an expired password in to change it'
complete -c belay -l local-infile -d 'let LOAD DATA LOCAL send files of this machine'
complete -c belay -l ssl-mode -x -a 'disabled preferred required verify_ca verify_identity' -d 'disabled, preferred, required, verify_ca, verify_identity'
complete -c belay -l ssl -d 'require TLS; --skip-ssl: no TLS'
complete -c belay -l ssl-verify-server-cert -d 'as --ssl-mode=verify_identity'
complete -c belay -l ssl-ca -r -F -d 'certificates to trust'
complete -c belay -l ssl-capath -x -a '(__fish_complete_directories)' -d 'directory of certificates to trust'
complete -c belay -l ssl-cert -r -F -d 'certificate to show to the server'
complete -c belay -l ssl-key -r -F -d 'its key'
complete -c belay -l ssl-cipher -x -d 'ciphers to allow'
complete -c belay -l ssl-crl -r -F -d 'certificates that were revoked'
complete -c belay -l ssl-crlpath -x -a '(__fish_complete_directories)' -d 'directory of lists of revoked certificates'
complete -c belay -l ssl-fp -x -d 'fingerprint that the server\'s certificate must have'
complete -c belay -l ssl-fplist -r -F -d 'fingerprints, of which it must have one'
complete -c belay -l tls-version -x -d 'versions to allow: TLSv1.2,TLSv1.3'
complete -c belay -s 'e' -l execute -x -a '(__belay_commands)' -d 'run this and end; each -e is a unit of its own'
complete -c belay -s 'f' -l force -d 'go on after an SQL error; the exit status tells'
complete -c belay -l delimiter -x -d 'what ends a statement (;)'
complete -c belay -s 'q' -l quick -d 'do not keep rows, print them as they come; no history'
complete -c belay -s 'c' -l comments -d 'send comments to the server (belay always does)'
complete -c belay -s 'G' -l named-commands -d 'words such as source also inside a statement'
complete -c belay -l line-numbers -d 'tell the line of an error'
complete -c belay -s 'L' -l skip-line-numbers -d 'do not tell the line of an error'
complete -c belay -l abort-source-on-error -d 'source stops at the first error'
complete -c belay -l print-query-on-error -d 'in batch, print the statement that failed, without its secrets'
complete -c belay -l binary-mode -d 'read \\r\\n and NUL as they are; client commands only delimiter, \\C'
complete -c belay -l reconnect -d 'connect again after a loss (at a terminal: the default)'
complete -c belay -l sandbox -d 'no commands that touch files or start programs, until the end'
complete -c belay -l commands -d 'client commands in scripts'
complete -c belay -l system-command -d 'the command \\! (system)'
complete -c belay -l allow-commands -d 'let piped and sourced text change the cluster and write files'
complete -c belay -l allow-shell -d 'let piped and sourced text start programs'
complete -c belay -s 'B' -l batch -d 'tab-separated output, no history, no prompts'
complete -c belay -s 't' -l table -d 'output as a table, also in batch'
complete -c belay -s 'E' -l vertical -d 'one column a line'
complete -c belay -l auto-vertical-output -d 'one column a line when a row is wider than the screen'
complete -c belay -l format -x -a 'table unicode vertical auto tab tsv csv json jsonl markdown md html xml' -d 'table, unicode, vertical, auto, tab, csv, json, …'
complete -c belay -s 'H' -l html -d 'output as HTML tables'
complete -c belay -s 'X' -l xml -d 'output as XML'
complete -c belay -s 'N' -l skip-column-names -d 'no column names'
complete -c belay -l column-names -d 'column names (on)'
complete -c belay -s 'r' -l raw -d 'no escaping in tab-separated output'
complete -c belay -s 's' -l silent -d 'as --batch; given twice, or in a pipe: no column names'
complete -c belay -s 'v' -l verbose -d 'say more: the statement, then its counts, then its time'
complete -c belay -s 'n' -l unbuffered -d 'write out what there is after every statement'
complete -c belay -l column-type-info -d 'the type of each column before the rows'
complete -c belay -l binary-as-hex -d 'binary data as 0x…'
complete -c belay -l binary -x -a 'auto hex base64 raw' -d 'binary data: auto (default), hex, base64, raw'
complete -c belay -l show-warnings -d 'show warnings after each statement'
complete -c belay -l progress-reports -d 'show how far a long statement has come'
complete -c belay -s 'T' -l debug-info -d 'time and memory used, at the end'
complete -c belay -l quick-max-column-width -x -d 'widest column of a table under --quick'
complete -c belay -l null-as -x -d 'how NULL is written'
complete -c belay -l color -x -a 'auto always never' -d 'auto (default), always, never'
complete -c belay -l pager -d 'show long results through this program, or $PAGER'
complete -c belay -l no-pager -d 'never start a pager'
complete -c belay -l tee -r -F -d 'append all input and output to a file'
complete -c belay -l no-tee -d 'no tee'
complete -c belay -s 'A' -l no-auto-rehash -d 'accepted: belay reads names only when they are wanted'
complete -c belay -l auto-rehash -d 'read names for completion when they are wanted (on)'
complete -c belay -l prompt -x -d 'the prompt, with mysql\'s escapes'
complete -c belay -s 'b' -l no-beep -d 'no sound at an error'
complete -c belay -l sigint-ignore -d '^C does nothing'
complete -c belay -l histignore -x -d 'patterns, separated by colons, of what the history does not keep'
complete -c belay -s 'j' -l syslog -d 'tell the system log what is typed, without its secrets'
complete -c belay -s 'U' -l safe-updates -d 'refuse UPDATE and DELETE without a WHERE'
complete -c belay -l i-am-a-dummy -d 'the same as --safe-updates'
complete -c belay -l select-limit -x -d 'most rows of a SELECT under --safe-updates (1000)'
complete -c belay -l max-join-size -x -d 'accepted without effect: StarRocks has no such limit'
complete -c belay -l guard -x -a 'normal strict' -d 'strict: no SQL that destroys in batch'
complete -c belay -l environment -x -d 'production: a red prompt and a strict guard'
complete -c belay -l dry-run -d 'show the plan and its digest, send nothing'
complete -c belay -l approve -x -a 'reversible' -d 'reversible, or sha256:DIGEST of exactly this plan'
complete -c belay -l each -d 'ask for every step'
complete -c belay -l mv-only -x -d '--only of the commands over views that are given none'
complete -c belay -l mv-except -x -d 'the same for --except'
complete -c belay -l context -x -d 'kubectl context (default: the current one)'
complete -c belay -l namespace -x -d 'namespace (default: the context\'s)'
complete -c belay -l cluster -x -d 'StarRocksCluster, or StatefulSet prefix'
complete -c belay -l kubeconfig -r -F -d 'kubectl\'s configuration'
complete -c belay -l kubectl -r -F -d 'the kubectl program (default: from PATH)'
complete -c belay -l kubectl-timeout -x -d 'most for a call of kubectl, or a stream\'s pause (0: as each needs)'
complete -c belay -l no-kube -d 'never start kubectl'
complete -c belay -l no-connect -d 'open the prompt although no FE answers: for \\restore'
complete -c belay -l via -x -a 'port-forward' -d 'reach FEs by kubectl port-forward, without --host the first too'
complete -c belay -l guide-timeout -x -d 'limit for one statement of a guided command (30)'
complete -c belay -l state-dir -x -a '(__fish_complete_directories)' -d 'journals and plans ($XDG_STATE_HOME/belay)'
complete -c belay -l practice -a 'seed 2.5.22 3.0.9 3.1.17 3.2.16 3.4.8 3.5.16 4.0.3 4.1 shared-nothing hostile big plain-statefulset helm-owned emptydir by-address old-crd warehouses' -d 'rehearse on: seed, shared-nothing, helm-owned, or a release (3.5.16)'
complete -c belay -l practice-dir -x -a '(__fish_complete_directories)' -d 'keep the practice cluster there'
complete -c belay -l practice-speed -x -d 'its clock runs N times as fast (20)'
complete -c belay -l print-defaults -d 'show each setting with its file and line, and end'
complete -c belay -l no-defaults -d 'read no file of options but the login paths'
complete -c belay -l defaults-file -r -F -d 'read only this file of options'
complete -c belay -l defaults-extra-file -r -F -d 'read this file too, before ~/.my.cnf'
complete -c belay -l defaults-group-suffix -x -d 'read also groups with this at their end: [clientTEXT]'
complete -c belay -l login-path -x -d 'read this group too, and from ~/.mylogin.cnf'
complete -c belay -l no-login-paths -d 'do not read ~/.mylogin.cnf'
complete -c belay -s '?' -l help -d 'this page; all of it with --help=all'
complete -c belay -s 'V' -l version -d 'belay\'s version; twice: its libraries as well'

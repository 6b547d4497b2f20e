/*
 * The shell scripts that a restore plan runs in helper pods: constants for sh, values come as
 * positional parameters. Each ends with a line in capitals that must be seen: exit status 0 of
 * kubectl exec proves nothing (recorded with kubectl 1.32.4). Each may be run again after a break.
 */
#ifndef BELAY_RESTORE_SCRIPTS_H
#define BELAY_RESTORE_SCRIPTS_H

#define SCRIPT_HEAD                                                                                \
    "set -eu; umask 077\n"                                                                         \
    "M=${STARROCKS_ROOT:-/opt/starrocks}/fe/meta; B=$M/.belay\n"

/*
 * One call at a time: a script outlives the kubectl that started it (recorded with kubectl 1.32.4), so
 * a call after a lost answer may find the one before still at work. It waits, up to five minutes. The
 * lock is a link, made whole or not at all, that names its process by id and time of birth (field 22
 * of /proc/PID/stat, proc(5)): what one left that was killed, or that another pod left on the volume,
 * is no lock, and goes once, by who could make the directory that says so.
 */
#define SCRIPT_LOCKED                                                                              \
    SCRIPT_HEAD                                                                                    \
    "L=$B/lock; W=0; mkdir -p \"$B\"\n"                                                            \
    "born() { sed \"s/.*) //\" \"/proc/$1/stat\" 2>/dev/null | cut -d \" \" -f 20; }\n"             \
    "until ln -s \"$$.$(born $$)\" \"$L\" 2>/dev/null; do\n"                                        \
    "  H=$(readlink \"$L\") && [ \"$(born \"${H%%.*}\")\" != \"${H#*.}\" ] &&\n"                   \
    "    mkdir \"$L.$H\" 2>/dev/null && rm -f \"$L\"\n"                                            \
    "  [ $((W += 1)) -le 300 ] || { echo \"BUSY: process ${H%%.*} of a call before\"; exit 1; }\n" \
    "  [ ! -h \"$L\" ] || sleep 1\n"                                                              \
    "done; trap \"rm -f $L\" EXIT\n"

/* No parameters. What is on the volume, and are the tools there? */
static const char script_look[] =
    SCRIPT_HEAD
    "for t in tar sha256sum stat sed find df du sync; do\n"
    "  command -v $t >/dev/null || { echo \"MISSING $t\"; exit 1; }\n"
    "done\n"
    "ls \"$M\"; df -Pk \"$M\"; grep ^name= \"$M/image/ROLE\" || echo \"no image/ROLE\"\n"
    "echo \"LOOKED AT $(du -sk \"$M\" | cut -f1) KiB\"";

/* No parameters. Room, tools, and whose metadata is on the volume: ROOM, MISSING, CLUSTER. */
static const char script_fit[] =
    SCRIPT_HEAD
    "for t in tar sha256sum stat sed find df sync; do\n"
    "  command -v $t >/dev/null || { echo \"MISSING $t\"; exit 0; }\n"
    "done\n"
    "set -- $(df -Pk \"$M\" | tail -n 1); echo \"ROOM $4\"\n"
    "V=$M/image/VERSION; [ ! -f \"$V\" ] || sed -n 's/^clusterId=/CLUSTER /p' \"$V\"";

/* WHERE ("new" or "live") RUN. Names, sizes, digests as image_files_parse() takes them, and what else
 * is to be known: SWAPPED RUN, LEFT image, LEFT bdb, ROLE name. */
static const char script_list[] =
    SCRIPT_HEAD
    "case $1 in new) D=$B/new ;; *) D=$M ;; esac\n"
    "[ ! -e \"$B/done-$2\" ] || echo \"SWAPPED $2\"\n"
    "for d in image bdb; do [ ! -e \"$D/$d\" ] || echo \"LEFT $d\"; done\n"
    "[ -d \"$D\" ] || exit 0\n"
    "cd \"$D\"; echo \"DIR $D\"\n"
    "[ ! -f image/ROLE ] || sed -n 's/^name=/ROLE /p' image/ROLE\n"
    "set --\n"
    "for f in image/* image/v2/* image/starmgr/* bdb/*; do\n"
    "  if [ -f \"$f\" ] && [ ! -h \"$f\" ]; then set -- \"$@\" \"$f\"; fi\n"
    "done\n"
    "if [ $# -gt 0 ]; then\n"
    "  stat -c 'FILE %s %Y %n' -- \"$@\"; sha256sum -- \"$@\" | sed 's/^/SUM /'\n"
    "fi";

/* No parameters; the archive on stdin. A call before that still reads writes to a file without name. */
static const char script_receive[] =
    SCRIPT_HEAD
    "F=$B/in/meta.tar.part; mkdir -p \"$B/in\"; rm -f \"$F\"; cat > \"$F\"; sync\n"
    "echo \"RECEIVED $(stat -c %s \"$F\")\"";

/* SIZE SHA256. A call of its own: the one before may have ended early with status 0. */
static const char script_check[] =
    SCRIPT_LOCKED
    "cd \"$B/in\"; F=meta.tar.part; [ -e $F ] || F=meta.tar\n"
    "N=$(stat -c %s $F); S=$(sha256sum $F); S=${S%% *}\n"
    "[ \"$N\" = \"$1\" ] && [ \"$S\" = \"$2\" ] || { echo \"NOT WHOLE: $N bytes, $S\"; exit 1; }\n"
    "[ $F = meta.tar ] || mv $F meta.tar; sync\n"
    "echo \"WHOLE $N $S\"";

/* SHA256 IMAGE PART. Beside the old metadata, which stays where it is; PART "image": without bdb. */
static const char script_unpack[] =
    SCRIPT_LOCKED
    "S=$(sha256sum \"$B/in/meta.tar\")\n"
    "[ \"${S%% *}\" = \"$1\" ] || { echo \"OTHER ARCHIVE $S\"; exit 1; }\n"
    "rm -rf \"$B/new\"; mkdir \"$B/new\"\n"
    "tar --no-same-owner -xf \"$B/in/meta.tar\" -C \"$B/new\"\n"
    "if [ -d \"$B/new/meta/image\" ]; then mv \"$B/new/meta/\"* \"$B/new/\"; fi\n"
    "cd \"$B/new\"; [ \"$3\" != image ] || { rm -rf bdb; test ! -e bdb; }; ls -ln *\n"
    "test -s image/ROLE; test -s image/VERSION\n"
    "[ \"$3\" = image ] || ls bdb/*.jdb >/dev/null\n"
    "test -s \"image/v2/image.$2\" || test -s \"image/image.$2\"\n"
    "sync; echo \"UNPACKED image $2\"";

/* NAME: of the node, as this pod is called. */
static const char script_role[] =
    SCRIPT_LOCKED
    "R=$B/new/image/ROLE; sed \"s/^name=.*/name=$1/\" \"$R\" > \"$R.belay\"; mv \"$R.belay\" \"$R\"\n"
    "sync; echo \"ROLE $(grep ^name= \"$R\")\"";

/* ID PART. The old metadata aside, the new in its place; finishes what a break left half done. */
static const char script_swap[] =
    SCRIPT_LOCKED
    "O=$B/old-$1; [ ! -e \"$B/done-$1\" ] || { echo \"IN PLACE already\"; exit 0; }\n"
    "if [ ! -e \"$B/aside-$1\" ]; then\n"
    "  test -s \"$B/new/image/ROLE\"; [ \"$2\" = image ] || test -d \"$B/new/bdb\"\n"
    "  mkdir -p \"$O\"\n"
    "  for d in image bdb; do [ ! -e \"$M/$d\" ] || mv \"$M/$d\" \"$O/\"; done\n"
    "  : > \"$B/aside-$1\"\n"
    "fi\n"
    "for d in image bdb; do [ ! -e \"$B/new/$d\" ] || mv \"$B/new/$d\" \"$M/\"; done\n"
    "rm -rf \"$B/in\" \"$B/new\"; : > \"$B/done-$1\"; sync\n"
    "test -s \"$M/image/ROLE\"\n"
    "[ \"$2\" = image ] || ls \"$M/bdb/\"*.jdb >/dev/null; echo \"IN PLACE\"";

/* ID. The old metadata aside, nothing in its place. */
static const char script_empty[] =
    SCRIPT_LOCKED
    "O=$B/old-$1; mkdir -p \"$O\"\n"
    "[ -e \"$B/done-$1\" ] || for d in image bdb; do\n"
    "  [ ! -e \"$M/$d\" ] || mv \"$M/$d\" \"$O/\"\n"
    "done\n"
    ": > \"$B/done-$1\"; sync\n"
    "[ ! -e \"$M/image\" ] && [ ! -e \"$M/bdb\" ] && echo \"EMPTY\"";

/* ID. Puts back what was there before the restore. */
static const char script_undo[] =
    SCRIPT_LOCKED
    "O=$B/old-$1; U=$B/undone-$1; mkdir -p \"$U\"\n"
    "if [ -e \"$O\" ]; then\n"
    "  for d in image bdb; do\n"
    "    [ ! -e \"$O/$d\" ] || { [ ! -e \"$M/$d\" ] || mv \"$M/$d\" \"$U/\"; mv \"$O/$d\" \"$M/\"; }\n"
    "  done\n"
    "fi\n"
    "rm -f \"$B/aside-$1\" \"$B/done-$1\"; sync\n"
    "test -s \"$M/image/ROLE\" && echo \"AS BEFORE\"";

#endif

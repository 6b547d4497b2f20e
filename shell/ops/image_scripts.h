/*
 * The scripts that run in an FE's container, as constants; what they need comes as $1, $2. They use
 * what Debian, Ubuntu and CentOS images have: sh, sed, stat, sha256sum, gzip, od, head, GNU tar.
 */
#ifndef BELAY_IMAGE_SCRIPTS_H
#define BELAY_IMAGE_SCRIPTS_H

/*
 * $belay_meta: the metadata directory, by a person who has no pod (see kube_by_command); the FE's home
 * is then the directory above it. Else in a pod:
 * $h: the FE's home, $m: its metadata directory. The start script takes both from STARROCKS_ROOT
 * and from meta_dir in fe.conf (StarRocks docker/dockerfiles/fe/fe_entrypoint.sh; Config.java
 * meta_dir).
 */
#define SCRIPT_HEAD                                                                                \
    "h=${STARROCKS_ROOT:-/opt/starrocks}/fe\n"                                                     \
    "m=$(sed -n 's/^[[:space:]]*meta_dir[[:space:]]*=[[:space:]]*//p' \"$h/conf/fe.conf\""         \
    " 2>/dev/null | tail -n 1 | sed 's/[[:space:]]*$//; s/\"//g')\n"                               \
    "case $m in\n"                                                                                 \
    "'${STARROCKS_HOME}'/*|'$STARROCKS_HOME'/*) m=$h/${m#*/} ;;\n"                                 \
    "/*) ;;\n"                                                                                     \
    "*) m=$h/meta ;;\n"                                                                            \
    "esac\n"                                                                                       \
    "m=${m%/}\n"                                                                                   \
    "if [ -n \"$belay_meta\" ]; then m=${belay_meta%/} h=${m%/*}; fi\n"

/* Collects the plain files of image/ and, when $w is not "images", of bdb/ into "$@" behind $p. */
#define SCRIPT_COLLECT                                                                             \
    "set --\n"                                                                                     \
    "for f in image/* image/v2/* image/starmgr/* bdb/*.jdb; do\n"                                  \
    "  [ \"$w\" = images ] && case $f in bdb/*) continue ;; esac\n"                                \
    "  [ -f \"$f\" ] && [ ! -h \"$f\" ] || continue\n"                                             \
    "  case $f in *[!A-Za-z0-9._/-]*) echo ODD >&2; continue ;; esac\n"                            \
    "  [ \"$w\" = copy ] && case $f in *.part|*/image.ckpt) continue ;; esac\n"                    \
    "  set -- \"$@\" \"$p$f\"\n"                                                                   \
    "done\n"

/*
 * A tar of "$@" as meta/…, to a file or "-". tar ends with 1 when a file grew while it was read, as the
 * newest journal file does: what arrives is compared with the pod's own digests afterwards. Anything
 * above 1 is a failure. Ends with 0 or 1.
 */
#define SCRIPT_TAR(to)                                                                             \
    "if [ \"$p\" = meta/ ]; then tar -cf " to " -C \"${m%/*}/\" \"$@\"\n"                           \
    "else tar -cf " to " -C \"${m%/*}/\" --transform 's,^[^/]*/,meta/,' \"$@\"\n"                  \
    "fi\n"                                                                                         \
    "[ $? -le 1 ]"

#endif

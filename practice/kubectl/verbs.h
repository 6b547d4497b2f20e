/* The verbs of the stand-in; each is one function over a struct call. */
#ifndef PRACTICE_KUBECTL_VERBS_H
#define PRACTICE_KUBECTL_VERBS_H

#include "call.h"

verb_run verb_annotate; /* change.c */
verb_run verb_auth;     /* auth.c */
verb_run verb_config;   /* kubeconfig.c */
verb_run verb_create;   /* make.c */
verb_run verb_delete;   /* delete.c */
verb_run verb_exec;     /* exec.c */
verb_run verb_explain;  /* explain.c */
verb_run verb_forward;  /* forward.c */
verb_run verb_get;      /* get.c */
verb_run verb_label;    /* change.c */
verb_run verb_logs;     /* logs.c */
verb_run verb_patch;    /* change.c */
verb_run verb_replace;  /* make.c */
verb_run verb_rollout;  /* rollout.c */
verb_run verb_scale;    /* change.c */
verb_run verb_version;  /* kubeconfig.c */
verb_run verb_wait;     /* wait.c */

/* `rollout restart TYPE/NAME`, to be run by call_transaction (change.c). */
verb_run change_restart;

#endif

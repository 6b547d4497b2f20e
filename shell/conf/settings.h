/* What belay was told on its command line: one struct, filled through the option table. */
#ifndef BELAY_SETTINGS_H
#define BELAY_SETTINGS_H

#include <stdbool.h>

#include <belay/list.h>

struct settings {
    /* connection */
    char *host;
    char *port;
    char *socket;
    char *user;
    char *password; /* wiped from argv; NULL: none given */
    bool ask_password;
    char *database;
    char *connect_timeout;
    char *ssl_mode;
    char *ssl_ca;
    bool skip_ssl;
    bool ssl;
    /* batch */
    struct strv execute;
    bool batch;
    bool table;
    bool vertical;
    char *format;
    bool no_names;
    bool raw;
    int silent; /* how often it was given */
    bool force;
    bool quick;
    bool no_auto_rehash;
    bool show_warnings;
    char *delimiter;
    char *null_as;
    char *color;
    /* cluster */
    char *context;
    char *ns;
    char *cluster;
    char *kubeconfig;
    char *kubectl;
    bool no_kube;
    char *via;
    char *guide_timeout;
    char *state_dir;
    /* guided commands */
    bool dry_run;
    char *approve;
    bool each;
    bool allow_shell;
    bool allow_commands;
    /* practice */
    bool practice;
    char *scenario; /* of --practice=SCENARIO */
    char *practice_dir;
    char *practice_speed;
    /* about */
    bool help;
    bool version;
};

void settings_done(struct settings *settings);

#endif

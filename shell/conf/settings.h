/* What belay was told by options, files, environment and profile: filled through the option table. */
#ifndef BELAY_SETTINGS_H
#define BELAY_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/list.h>

/*
 * Texts are owned and NULL when nobody gave them. Numbers and flags start with the default of their
 * row in the option table (settings_defaults). What a refused or ignored option says is kept nowhere.
 */
struct settings {
    const char *program; /* the name in messages: "belay", or argv[0] (borrowed) of a classic name */
    bool classic;        /* started as mysql or mariadb: behave as that program, also its errors */
    bool mariadb;        /* … as mariadb */

    /* connection */
    char *host; /* or several, "a,b:9031,c" */
    int64_t port; /* 0: not given */
    bool socket_on_line; /* -S on the command line: the socket, also where TCP is usual */
    char *socket;
    char *protocol; /* "tcp" or "socket" */
    char *user;
    char *password; /* wiped from argv; NULL: none given */
    bool ask_password;
    char *password_file;
    char *password_command;
    char *database;
    bool database_after_password; /* -p WORD: WORD was taken for the database, as ever */
    int64_t connect_timeout; /* seconds; 0: no limit */
    bool wait;               /* try again while the server is down … */
    char *wait_seconds;      /* … for so long; NULL: until ^C */
    struct strv init_command; /* statements after every connect */
    char *character_set;
    char *character_sets_dir;
    char *bind_address;
    bool compress;
    char *compression_algorithms;
    int64_t zstd_level;
    int64_t max_allowed_packet; /* bytes; 0: the library's */
    int64_t net_buffer_length;  /* bytes; 0: the library's */
    char *plugin_dir;
    char *default_auth;
    bool cleartext_plugin;
    bool connect_expired_password;
    bool local_infile;
    char *profile;

    /* TLS */
    char *ssl_mode;
    bool ssl;      /* --ssl or a certificate: see ssl_mode */
    bool skip_ssl; /* --skip-ssl */
    char *ssl_ca;
    char *ssl_capath;
    char *ssl_cert;
    char *ssl_key;
    char *ssl_cipher;
    char *ssl_crl;
    char *ssl_crlpath;
    char *ssl_fp;
    char *ssl_fplist;
    char *tls_version;
    bool ssl_verify;      /* --ssl-verify-server-cert */
    bool skip_ssl_verify; /* --skip-ssl-verify-server-cert */

    /* input */
    struct strv execute;
    bool batch;
    bool force;
    bool quick;
    bool no_auto_rehash;
    char *delimiter;
    bool comments;       /* send comments to the server */
    bool named_commands; /* long command words also within a statement */
    bool line_numbers;
    bool abort_source_on_error;
    bool print_query_on_error;
    bool binary_mode;
    bool one_database;   /* classic name only: leave out statements for other databases */
    bool ignore_spaces;  /* classic name only: the server reads on behind a function's name */
    bool reconnect;    /* --reconnect; neither: at a terminal only */
    bool no_reconnect; /* --skip-reconnect */
    bool sandbox;
    bool commands;       /* client commands in text that is not typed */
    bool system_command; /* \! */
    bool allow_shell;
    bool allow_commands;

    /* output */
    bool table;
    bool vertical;
    bool auto_vertical;
    bool html;
    bool xml;
    char *format;
    bool no_names;
    bool raw;
    int silent;  /* how often it was given */
    int verbose; /* how often it was given; --silent takes one away */
    bool unbuffered;
    bool column_type_info;
    bool binary_as_hex;
    char *binary; /* "hex", "base64", "raw", "auto"; NULL: as binary_as_hex says */
    bool show_warnings;
    bool progress_reports;
    bool debug_info;
    int64_t quick_max_column_width; /* cells; INT64_MAX: none */
    char *null_as;
    char *color;
    bool pager_on; /* --pager */
    char *pager;   /* its command, NULL: $PAGER */
    bool no_pager; /* --no-pager, --skip-pager */
    char *tee;
    bool no_tee;

    /* keyboard */
    char *prompt;
    bool no_beep;
    bool sigint_ignore;
    char *histignore;
    bool syslog;

    /* safety */
    bool safe_updates;
    int64_t select_limit;
    int64_t max_join_size;
    char *guard;       /* "strict": no destructive SQL in batch */
    char *environment; /* "production": a red prompt, and stricter */
    char *mv_only;     /* patterns for the commands over views */
    char *mv_except;

    /* cluster */
    char *context;
    char *ns;
    char *cluster;
    char *kubeconfig;
    char *kubectl;
    int64_t kubectl_timeout; /* seconds; 0: as each call needs */
    bool no_kube;
    bool no_connect; /* at a terminal: the prompt comes without a connection */
    char *via;
    int64_t guide_timeout; /* seconds */
    char *state_dir;

    /* guided commands */
    bool dry_run;
    char *approve;
    bool each;

    /* practice */
    bool practice;
    char *scenario; /* of --practice=SCENARIO */
    char *practice_dir;
    char *practice_speed;

    /* files of options */
    char *defaults_file;
    char *defaults_extra_file;
    char *defaults_group_suffix;
    char *login_path;
    bool no_login_paths;
    bool no_defaults;
    bool print_defaults;

    /* about */
    bool help;
    char *help_group; /* of --help=GROUP */
    int version; /* how often it was given: twice for the libraries as well */

    /* what parsing has to tell */
    struct strv said;  /* as a classic client: lines for stdout */
    struct strv notes; /* warnings for stderr, one a line, not fatal */
    int classic_status; /* the exit status that the classic client gives a bad option; 0: none */
};

/* Every field at its default, for a program of this name, which is borrowed. */
void settings_defaults(struct settings *settings, const char *argv0);

/* Does --environment say production (or prod, in any letter case)? */
bool settings_production(const struct settings *settings);

/* Wipes and frees. */
void settings_done(struct settings *settings);

#endif

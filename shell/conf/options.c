/* The option table. Rows only: no logic. */
#include "options.h"

#define FLAG(field, name, letter, group, help)                                                     \
    {name, letter, OPTION_FLAG, offsetof(struct settings, field), 0, group, NULL, help}
#define TEXT(field, name, letter, group, value, help)                                              \
    {name, letter, OPTION_TEXT, offsetof(struct settings, field), 0, group, value, help}

static const struct option_row table[] = {
    TEXT(host, "host", 'h', "Connection", "HOST", "FE to connect to"),
    TEXT(port, "port", 'P', "Connection", "PORT", "its query port (9030)"),
    TEXT(socket, "socket", 'S', "Connection", "FILE", "Unix socket to connect through"),
    TEXT(user, "user", 'u', "Connection", "NAME", "user to log in as"),
    {"password", 'p', OPTION_PASSWORD, offsetof(struct settings, password),
     offsetof(struct settings, ask_password), "Connection", "[=TEXT]",
     "password; without a text it is asked for"},
    TEXT(database, "database", 'D', "Connection", "NAME", "database to use"),
    TEXT(connect_timeout, "connect-timeout", 0, "Connection", "SECONDS",
         "limit for connecting (10)"),
    TEXT(ssl_mode, "ssl-mode", 0, "Connection", "MODE",
         "disabled, preferred (default), required, verify_identity"),
    TEXT(ssl_ca, "ssl-ca", 0, "Connection", "FILE", "certificates to trust"),
    FLAG(ssl, "ssl", 0, "Connection", "require TLS; --skip-ssl: no TLS"),

    {"execute", 'e', OPTION_LIST, offsetof(struct settings, execute), 0, "Batch", "TEXT",
     "run this and end; each -e is a unit of its own"},
    FLAG(batch, "batch", 'B', "Batch", "tab-separated output, no history, no prompts"),
    FLAG(table, "table", 't', "Batch", "output as a table, also in batch"),
    FLAG(vertical, "vertical", 'E', "Batch", "one column a line"),
    TEXT(format, "format", 0, "Batch", "NAME", "table, vertical, tab, json"),
    FLAG(no_names, "skip-column-names", 'N', "Batch", "no column names"),
    FLAG(raw, "raw", 'r', "Batch", "no escaping in tab-separated output"),
    {"silent", 's', OPTION_COUNT, offsetof(struct settings, silent), 0, "Batch", NULL,
     "as --batch; given twice, or in a pipe: no column names"},
    FLAG(force, "force", 'f', "Batch", "go on after an SQL error; the exit status tells"),
    FLAG(quick, "quick", 'q', "Batch", "do not keep rows, print them as they come"),
    FLAG(no_auto_rehash, "no-auto-rehash", 'A', "Batch", "do not read names for completion"),
    FLAG(show_warnings, "show-warnings", 0, "Batch", "show warnings after each statement"),
    TEXT(delimiter, "delimiter", 0, "Batch", "TEXT", "what ends a statement (;)"),
    TEXT(null_as, "null-as", 0, "Batch", "TEXT", "how NULL is written"),
    TEXT(color, "color", 0, "Batch", "WHEN", "auto (default), always, never"),

    TEXT(context, "context", 0, "Cluster", "NAME", "kubectl context (default: the current one)"),
    TEXT(ns, "namespace", 'n', "Cluster", "NAME", "namespace (default: the context's)"),
    TEXT(cluster, "cluster", 0, "Cluster", "NAME", "StarRocksCluster, or StatefulSet prefix"),
    TEXT(kubeconfig, "kubeconfig", 0, "Cluster", "FILE", "kubectl's configuration"),
    TEXT(kubectl, "kubectl", 0, "Cluster", "FILE", "the kubectl program (default: from PATH)"),
    FLAG(no_kube, "no-kube", 0, "Cluster", "never start kubectl"),
    TEXT(via, "via", 0, "Cluster", "port-forward", "reach every FE through kubectl port-forward"),
    TEXT(guide_timeout, "guide-timeout", 0, "Cluster", "SECONDS",
         "limit for one statement of a guided command (30)"),
    TEXT(state_dir, "state-dir", 0, "Cluster", "DIR",
         "journals and plans ($XDG_STATE_HOME/belay)"),

    FLAG(dry_run, "dry-run", 0, "Guided commands", "show the plan and its digest, send nothing"),
    TEXT(approve, "approve", 0, "Guided commands", "SCOPE",
         "reversible, or sha256:DIGEST of exactly this plan"),
    FLAG(each, "each", 0, "Guided commands", "ask for every step"),
    FLAG(allow_commands, "allow-commands", 0, "Guided commands",
         "let piped and sourced text change the cluster and write files"),
    FLAG(allow_shell, "allow-shell", 0, "Guided commands",
         "let piped and sourced text start programs"),

    {"practice", 0, OPTION_OPTIONAL, offsetof(struct settings, scenario),
     offsetof(struct settings, practice), "Practice", "[=SCENARIO]",
     "practice cluster: seed, shared-nothing, 3.4.8, 3.5.16, 4.1, hostile"},
    TEXT(practice_dir, "practice-dir", 0, "Practice", "DIR", "keep the practice cluster there"),
    TEXT(practice_speed, "practice-speed", 0, "Practice", "N", "its clock runs N times as fast (20)"),

    FLAG(help, "help", '?', "About", "this page"),
    FLAG(version, "version", 'V', "About", "belay's version"),
};

const struct option_row *option_table(size_t *ret_n)
{
    *ret_n = sizeof(table) / sizeof(table[0]);
    return table;
}

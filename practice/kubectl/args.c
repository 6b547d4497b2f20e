/* The table of kubectl's flags, and the loop that reads them. */
#include "args.h"

#include <stddef.h>

enum flag_type {
    FLAG_VALUE, /* --flag=V or --flag V */
    FLAG_BOOL,  /* --flag or --flag=true */
    FLAG_TEXT   /* --flag or --flag=V, never --flag V */
};

struct flag {
    const char *name;
    char shorthand;
    enum flag_type type;
    size_t at; /* offset in struct args */
};

#define AT(member) offsetof(struct args, member)

static const struct flag flags[] = {
    {"kubeconfig", 0, FLAG_VALUE, AT(kubeconfig)},
    {"context", 0, FLAG_VALUE, AT(context)},
    {"cluster", 0, FLAG_VALUE, AT(cluster)},
    {"namespace", 'n', FLAG_VALUE, AT(ns)},
    {"user", 0, FLAG_VALUE, AT(user)},
    {"as", 0, FLAG_VALUE, AT(as)},
    {"request-timeout", 0, FLAG_VALUE, AT(request_timeout)},
    {"cache-dir", 0, FLAG_VALUE, AT(cache_dir)},
    {"v", 'v', FLAG_VALUE, AT(verbosity)},
    {"output", 'o', FLAG_VALUE, AT(output)},
    {"selector", 'l', FLAG_VALUE, AT(selector)},
    {"field-selector", 0, FLAG_VALUE, AT(field_selector)},
    {"sort-by", 0, FLAG_VALUE, AT(sort_by)},
    {"api-version", 0, FLAG_VALUE, AT(api_version)},
    {"chunk-size", 0, FLAG_VALUE, AT(chunk_size)},
    {"container", 'c', FLAG_VALUE, AT(container)},
    {"address", 0, FLAG_VALUE, AT(address)},
    {"pod-running-timeout", 0, FLAG_VALUE, AT(pod_running_timeout)},
    {"subresource", 0, FLAG_VALUE, AT(subresource)},
    {"patch", 'p', FLAG_VALUE, AT(patch)},
    {"type", 0, FLAG_VALUE, AT(patch_type)},
    {"patch-file", 0, FLAG_VALUE, AT(patch_file)},
    {"filename", 'f', FLAG_VALUE, AT(file)},
    {"from-file", 0, FLAG_VALUE, AT(from_file)},
    {"field-manager", 0, FLAG_VALUE, AT(field_manager)},
    {"dry-run", 0, FLAG_TEXT, AT(dry_run)},
    {"validate", 0, FLAG_TEXT, AT(validate)},
    {"replicas", 0, FLAG_VALUE, AT(replicas)},
    {"current-replicas", 0, FLAG_VALUE, AT(current_replicas)},
    {"resource-version", 0, FLAG_VALUE, AT(resource_version)},
    {"grace-period", 0, FLAG_VALUE, AT(grace_period)},
    {"cascade", 0, FLAG_TEXT, AT(cascade)},
    {"timeout", 0, FLAG_VALUE, AT(timeout)},
    {"for", 0, FLAG_VALUE, AT(wait_for)},
    {"wait", 0, FLAG_BOOL, AT(wait)},
    {"all-namespaces", 'A', FLAG_BOOL, AT(all_namespaces)},
    {"ignore-not-found", 0, FLAG_BOOL, AT(ignore_not_found)},
    {"client", 0, FLAG_BOOL, AT(client)},
    {"minify", 0, FLAG_BOOL, AT(minify)},
    {"flatten", 0, FLAG_BOOL, AT(flatten)},
    {"stdin", 'i', FLAG_BOOL, AT(input)},
    {"tty", 't', FLAG_BOOL, AT(tty)},
    {"quiet", 'q', FLAG_BOOL, AT(quiet)},
    {"force", 0, FLAG_BOOL, AT(force)},
    {"now", 0, FLAG_BOOL, AT(now)},
    {"all", 0, FLAG_BOOL, AT(all)},
    {"show-managed-fields", 0, FLAG_BOOL, AT(show_managed)},
    {"no-headers", 0, FLAG_BOOL, AT(no_headers)},
    {"overwrite", 0, FLAG_BOOL, AT(overwrite)},
    {"list", 0, FLAG_BOOL, AT(list)},
    {"watch", 'w', FLAG_BOOL, AT(watch)},
    {"save-config", 0, FLAG_BOOL, AT(save_config)},
    {"tail", 0, FLAG_VALUE, AT(tail)},
    {"limit-bytes", 0, FLAG_VALUE, AT(limit_bytes)},
    {"previous", 0, FLAG_BOOL, AT(previous)},
};

void args_done(struct args *args)
{
    strv_done(&args->words);
    strv_done(&args->command);
}

bool args_flag(const char *value)
{
    return value && !str_equal(value, "false");
}

const char *args_word(const struct args *args, size_t i)
{
    return i + 1 < args->words.n ? args->words.v[i + 1] : NULL;
}

static void set_flag(struct args *args, const struct flag *flag, const char *value)
{
    *(const char **)((char *)args + flag->at) = value;
}

static const struct flag *find_long(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strlen(flags[i].name) == len && strncmp(flags[i].name, name, len) == 0)
            return &flags[i];
    return NULL;
}

static const struct flag *find_short(char c)
{
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].shorthand == c)
            return &flags[i];
    return NULL;
}

static bool problem(const struct args *args, struct str *ret, const char *text, const char *flag)
{
    const char *verb = args->words.n ? args->words.v[0] : "";
    str_addf(ret, "error: %s%s\nSee 'kubectl%s%s --help' for usage.", text, flag, *verb ? " " : "",
             verb);
    return false;
}

/* --raw means another thing to config than to get and delete. */
static bool raw_is_bool(const struct args *args)
{
    return args->words.n && str_equal(args->words.v[0], "config");
}

static bool long_flag(struct args *args, char *const *argv, int argc, int *i, struct str *ret)
{
    const char *name = argv[*i] + 2;
    size_t len = strcspn(name, "=");
    const char *value = name[len] ? name + len + 1 : NULL;
    static const struct flag raw_path = {"raw", 0, FLAG_VALUE, AT(raw)};
    static const struct flag raw_bool = {"raw", 0, FLAG_BOOL, AT(raw)};
    const struct flag *flag = find_long(name, len);
    if (!flag && len == 3 && strncmp(name, "raw", 3) == 0)
        flag = raw_is_bool(args) ? &raw_bool : &raw_path;
    if (!flag) {
        AUTO_FREE char *shown = str_format("--%.*s", (int)len, name);
        return problem(args, ret, "unknown flag: ", shown);
    }
    if (!value && flag->type == FLAG_VALUE) {
        if (*i + 1 >= argc)
            return problem(args, ret, "flag needs an argument: ", argv[*i]);
        value = argv[++*i];
    }
    set_flag(args, flag, value ? value : "true");
    return true;
}

/* "-it", "-nNAME", "-n NAME", "-o=json". */
static bool short_flags(struct args *args, char *const *argv, int argc, int *i, struct str *ret)
{
    for (const char *p = argv[*i] + 1; *p; p++) {
        const struct flag *flag = find_short(*p);
        if (!flag) {
            AUTO_FREE char *shown = str_format("'%c' in %s", *p, argv[*i]);
            return problem(args, ret, "unknown shorthand flag: ", shown);
        }
        if (flag->type != FLAG_VALUE) {
            set_flag(args, flag, "true");
            continue;
        }
        if (p[1])
            set_flag(args, flag, p + 1 + (p[1] == '='));
        else if (*i + 1 < argc)
            set_flag(args, flag, argv[++*i]);
        else
            return problem(args, ret, "flag needs an argument: ", argv[*i]);
        return true;
    }
    return true;
}

bool args_parse(struct args *args, int argc, char *const *argv, struct str *ret_problem)
{
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];
        if (str_equal(arg, "--")) {
            args->dashes = true;
            while (++i < argc)
                strv_add(&args->command, argv[i]);
        } else if (str_starts(arg, "--")) {
            if (!long_flag(args, argv, argc, &i, ret_problem))
                return false;
        } else if (*arg == '-' && arg[1]) {
            if (!short_flags(args, argv, argc, &i, ret_problem))
                return false;
        } else {
            strv_add(&args->words, arg);
        }
    }
    return true;
}

long args_duration(const char *text)
{
    static const struct {
        const char *unit;
        long ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    if (str_equal(text, "0"))
        return 0;
    long total = 0;
    const char *p = text;
    while (*p) {
        char *end;
        long n = strtol(p, &end, 10);
        size_t i = 0;
        while (i < 4 && !str_starts(end, units[i].unit))
            i++;
        if (end == p || n < 0 || n > 1000000 || i == 4)
            return -1;
        total += n * units[i].ms;
        p = end + strlen(units[i].unit);
    }
    return *text ? total : -1;
}

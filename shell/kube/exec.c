/* Checked exec: scripts on stdin, a trailer with nonce, byte count and digest. */
#include "exec.h"

#include <digest.h>
#include <mem.h>
#include <process.h>
#include <text.h>

#include "kube_inside.h"

#define NONCE 32
#define SHORT_MS 60000
#define TEXT_MAX ((size_t)16 << 20)
#define TAIL_MAX 256 /* longer than any trailer line */

/*
 * Wraps a small script: its output is taken whole into a variable (LC_ALL=C, so ${#o} counts bytes;
 * the "x" keeps final newlines), printed, and followed by the trailer. The script runs in a subshell
 * of its own, so that an exit in it ends it and not the wrapping.
 */
static const char text_head[] = "o=$( (\n";
static const char text_tail[] = "\n) 2>&1; r=$?; printf 'x'; exit $r)\n"
                                "r=$?; o=${o%x}\n"
                                "printf '%s\\nBELAY-END %s %s %s\\n' \"$o\" \"$n\" \"${#o}\" \"$r\"\n";

/*
 * Wraps a stream: the body's output goes to kubectl, to sha256sum and to wc at the same time; what
 * those two said makes the trailer (in either order: the digest is the 64-character word).
 */
static const char stream_head[] = "exec 3>&1\n"
                                  "f=$( { { (\n";
static const char stream_tail[] =
    "\n); echo $? >&6; } | tee /dev/fd/3 | { tee /dev/fd/4 | sha256sum >&5; } 4>&1 |"
    " wc -c; } 5>&1 6>&1 )\n"
    "printf '\\nBELAY-END %s' \"$n\"; printf ' %s' $f; printf '\\n'\n";

/* What stands before both: the nonce, and where a command of the user's finds the metadata. */
static const char pod_head[] = "LC_ALL=C; export LC_ALL; n=$1 belay_meta=; shift\n";
static const char command_head[] = "LC_ALL=C; export LC_ALL; n=$1 belay_meta=$2; shift 2\n";

static const char *head_of(const struct kube *kube)
{
    return kube->meta_dir != NULL ? command_head : pod_head;
}

void exec_args(struct exec_target target, const char *nonce, const struct strv *params,
               struct strv *ret)
{
    strv_add(ret, "exec");
    strv_add(ret, "-i");
    strv_add(ret, target.pod);
    strv_add(ret, "-c");
    strv_add(ret, target.container);
    strv_add(ret, "--");
    strv_add(ret, "sh");
    strv_add(ret, "-s");
    strv_add(ret, "--");
    strv_add(ret, nonce);
    if (params != NULL)
        strv_add_all(ret, params);
}

static void call_args(const struct kube *kube, struct exec_target target, const char *nonce,
                      const struct strv *params, struct strv *ret)
{
    if (kube->meta_dir == NULL) {
        exec_args(target, nonce, params, ret);
        return;
    }
    strv_add(ret, "-s");
    strv_add(ret, "--");
    strv_add(ret, nonce);
    strv_add(ret, kube->meta_dir);
    if (params != NULL)
        strv_add_all(ret, params);
}

/* A child that failed, as an error; always returns false. */
static bool failed(const struct kube *kube, struct exec_target target,
                   const struct process_end *end, struct error *err)
{
    AUTO_STRV what = {0};
    AUTO_STR line = {0};

    if (kube->meta_dir == NULL) {
        strv_addf(&what, "exec in %s", target.pod);
        return kube_failed(end, &what, err);
    }
    if (end->interrupted)
        return error_set(err, ERR_STOPPED, "%s was interrupted", kube->path);
    if (end->timed_out)
        return error_set(err, ERR_CONNECTION, "%s did not answer in time", kube->path);
    text_last_line(&end->err, &line);
    return error_set(err, ERR_CONNECTION, "%s: %s (exit status %d)", kube->path,
                     line.len > 0 ? line.s : "failed without a message", end->status);
}

static bool target_ok(const struct kube *kube, struct exec_target target, struct error *err)
{
    if (kube->meta_dir != NULL)
        return true;
    if (kube_name_ok(target.pod) && kube_name_ok(target.container))
        return true;
    return error_set(err, ERR_KUBE, "not the name of a pod and its container: \"%s\", \"%s\"",
                     target.pod, target.container);
}

/* Takes the answer out of kubectl's output, when its trailer says that it is whole. */
static bool text_take(const struct process_end *end, const char *nonce, struct str *ret,
                      int *ret_status)
{
    char mark[NONCE + 16];
    size_t said = 0;
    int status = 0;
    int n = snprintf(mark, sizeof(mark), "\nBELAY-END %s ", nonce);
    char *found = end->out.len > 0 ? memmem(end->out.s, end->out.len, mark, (size_t)n) : NULL;

    /* The line's end counts: of a cut "127" the "12" would be read as well. */
    if (found == NULL || strchr(found + n, '\n') == NULL ||
        sscanf(found + n, "%zu %d", &said, &status) != 2 || said != (size_t)(found - end->out.s))
        return false;
    str_addn(ret, end->out.s, said);
    *ret_status = status;
    return true;
}

/* One try: false when kubectl could not be run. *ret_whole tells whether the answer is whole. */
static bool text_once(struct kube *kube, struct exec_target target, const char *script,
                      const struct strv *params, int64_t limit_ms, struct str *ret, int *ret_status,
                      bool *ret_whole, struct process_end *end, struct error *err)
{
    char nonce[NONCE + 1];
    AUTO_STRV args = {0};
    AUTO_STR input = {0};
    struct process_job job = {.total_ms = limit_ms > 0 ? limit_ms : SHORT_MS, .out_max = TEXT_MAX};

    random_hex(nonce, NONCE);
    call_args(kube, target, nonce, params, &args);
    str_add(&input, head_of(kube));
    str_add(&input, text_head);
    str_add(&input, script);
    str_add(&input, text_tail);
    job.input = input.s;
    job.input_len = input.len;
    *ret_whole = false;
    if (!kube_process(kube, &args, &job, end, err))
        return false;
    *ret_whole = text_take(end, nonce, ret, ret_status);
    return true;
}

/*
 * Is another try worth it? Not when the server refused, when we shall end, or when it took so long that
 * what was started in the pod is likely to be running still: it outlives its kubectl.
 */
static bool may_pass(const struct process_end *end, int64_t limit_ms)
{
    if (end->interrupted || (end->timed_out && limit_ms > SHORT_MS))
        return false;
    return end->status == 0 || strstr(str_text(&end->err), "Error from server (") == NULL;
}

static bool text_tries(struct kube *kube, struct exec_target target, const char *script,
                       const struct strv *params, int64_t limit_ms, int tries, struct str *ret,
                       int *ret_status, struct error *err)
{
    if (!target_ok(kube, target, err))
        return false;
    for (;; tries--) {
        AUTO_PROCESS_END end = {0};
        bool whole = false;
        if (!text_once(kube, target, script, params, limit_ms, ret, ret_status, &whole, &end, err))
            return false;
        if (whole)
            return true;
        if (tries > 1 && may_pass(&end, limit_ms))
            continue;
        if (end.status != 0 || end.timed_out || end.interrupted)
            return failed(kube, target, &end, err);
        return error_set(err, ERR_UNKNOWN, "%s in %s ended with status 0 but its answer is not "
                         "whole (%zu bytes, no end mark)",
                         kube->meta_dir != NULL ? kube->path : "kubectl exec", target.pod,
                         end.out.len);
    }
}

bool exec_text(struct kube *kube, struct exec_target target, const char *script,
               const struct strv *params, int64_t limit_ms, struct str *ret, int *ret_status,
               struct error *err)
{
    return text_tries(kube, target, script, params, limit_ms, 2, ret, ret_status, err);
}

bool exec_change(struct kube *kube, struct exec_target target, const char *script,
                 const struct strv *params, int64_t limit_ms, struct str *ret, int *ret_status,
                 struct error *err)
{
    return text_tries(kube, target, script, params, limit_ms, 1, ret, ret_status, err);
}

#define SENDER "/.belay-send"

/*
 * A command of the user's joins its words on the other side, as ssh does, so no script can travel in
 * them: it is put into a file there first, in octal, as a script of its own.
 */
static bool put_sender(struct kube *kube, struct exec_target target, const struct str *script,
                       struct error *err)
{
    AUTO_STR body = {0};
    AUTO_STR said = {0};
    int status = 0;

    str_add(&body, "umask 077; printf '%b' '");
    for (size_t i = 0; i < script->len; i++)
        str_addf(&body, "\\0%03o", (unsigned char)script->s[i]);
    str_add(&body, "' > \"$belay_meta" SENDER "\" && echo PUT");
    if (!exec_change(kube, target, body.s, NULL, 0, &said, &status, err))
        return false;
    return strcmp(str_text(&said), "PUT\n") == 0 ||
           error_set(err, ERR_CONNECTION, "%s: no file can be written in %s: %s", kube->path,
                     kube->meta_dir, str_text(&said));
}

/* The words of the call that takes the input, for a command of the user's. */
static bool sender_args(struct kube *kube, struct exec_target target, const char *script,
                        const char *nonce, struct strv *ret, struct error *err)
{
    AUTO_STR wrapped = {0};

    str_addf(&wrapped, "rm -f \"$0\"\n%s%s%s%s", command_head, text_head, script, text_tail);
    if (!put_sender(kube, target, &wrapped, err))
        return false;
    strv_addf(ret, "%s" SENDER, kube->meta_dir);
    strv_add(ret, nonce);
    strv_add(ret, kube->meta_dir);
    return true;
}

bool exec_send(struct kube *kube, struct exec_target target, const char *script,
               const struct strv *params, const struct exec_input *input, struct str *ret,
               int *ret_status, struct error *err)
{
    char nonce[NONCE + 1];
    AUTO_STRV args = {0};
    AUTO_STR wrapped = {0};
    AUTO_PROCESS_END end = {0};
    struct process_job job = {.source = input->source,
                              .source_ctx = input->ctx,
                              .idle_ms = input->idle_ms > 0 ? input->idle_ms : 300000,
                              .out_max = TEXT_MAX};

    if (!target_ok(kube, target, err))
        return false;
    random_hex(nonce, NONCE);
    if (kube->meta_dir != NULL) {
        if (!sender_args(kube, target, script, nonce, &args, err))
            return false;
    } else {
        str_addf(&wrapped, "%s%s%s%s", pod_head, text_head, script, text_tail);
        const char *const words[] = {"exec", "-i", target.pod, "-c", target.container,
                                     "--",   "sh", "-c",       wrapped.s, "belay", nonce};
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            strv_add(&args, words[i]);
    }
    if (params != NULL)
        strv_add_all(&args, params);
    if (!kube_process(kube, &args, &job, &end, err))
        return false;
    if (text_take(&end, nonce, ret, ret_status))
        return true;
    if (end.status != 0 || end.timed_out || end.interrupted)
        return failed(kube, target, &end, err);
    return error_set(err, ERR_UNKNOWN, "%s in %s ended with status 0 but its answer is not whole: "
                     "what arrived there is not known",
                     kube->meta_dir != NULL ? kube->path : "kubectl exec", target.pod);
}

struct stream {
    exec_sink *sink;
    void *ctx;
    struct sha256 *sum;
    uint64_t bytes;
    char tail[TAIL_MAX]; /* held back: it may be the trailer */
    size_t tail_len;
};

static bool stream_pass(struct stream *stream, const char *data, size_t len, struct error *err)
{
    if (len == 0)
        return true;
    sha256_update(stream->sum, data, len);
    stream->bytes += len;
    return stream->sink(stream->ctx, data, len, err);
}

/* Passes on everything but the last TAIL_MAX bytes seen so far. */
static bool stream_take(void *ctx, const void *data, size_t len, struct error *err)
{
    struct stream *stream = ctx;
    const char *bytes = data;

    if (len >= TAIL_MAX) {
        if (!stream_pass(stream, stream->tail, stream->tail_len, err) ||
            !stream_pass(stream, bytes, len - TAIL_MAX, err))
            return false;
        memcpy(stream->tail, bytes + len - TAIL_MAX, TAIL_MAX);
        stream->tail_len = TAIL_MAX;
        return true;
    }
    size_t total = stream->tail_len + len;
    if (total > TAIL_MAX) {
        size_t out = total - TAIL_MAX;
        if (!stream_pass(stream, stream->tail, out, err))
            return false;
        memmove(stream->tail, stream->tail + out, stream->tail_len - out);
        stream->tail_len -= out;
    }
    memcpy(stream->tail + stream->tail_len, bytes, len);
    stream->tail_len += len;
    return true;
}

/* Reads " <count>", " <digest>", " -" and the body's status, in whatever order they came. */
static bool trailer_words(const char *text, struct exec_stream_end *ret, int *ret_status)
{
    AUTO_FREE char *copy = mem_text(text);
    char *save = NULL;
    int numbers = 0;
    unsigned long long number[2] = {0};

    for (char *w = strtok_r(copy, " \n", &save); w != NULL; w = strtok_r(NULL, " \n", &save)) {
        char *end;
        if (strlen(w) == 64 && strspn(w, "0123456789abcdef") == 64)
            memcpy(ret->told_sha256, w, 65);
        else if (strcmp(w, "-") != 0 && numbers < 2) {
            number[numbers++] = strtoull(w, &end, 10);
            if (*end != '\0')
                return false;
        }
    }
    /* The status is written as soon as the body has ended, the count when all bytes were read. */
    *ret_status = (int)number[0];
    ret->told_bytes = number[1];
    return numbers == 2 && ret->told_sha256[0] != '\0';
}

/* Judges the end: finds the trailer in what was held back and passes on what stands before it. */
static bool stream_judge(struct stream *stream, const char *nonce, const struct process_end *end,
                         struct exec_stream_end *ret, struct error *err)
{
    char mark[NONCE + 16];
    int n = snprintf(mark, sizeof(mark), "\nBELAY-END %s", nonce);
    char *found = memmem(stream->tail, stream->tail_len, mark, (size_t)n);
    size_t rest = found != NULL ? (size_t)(found - stream->tail) : stream->tail_len;
    char trailer[TAIL_MAX + 1] = "";
    int status = 0;

    if (!stream_pass(stream, stream->tail, rest, err))
        return false;
    if (found != NULL)
        memcpy(trailer, found + n, stream->tail_len - rest - (size_t)n);
    sha256_finish(stream->sum, ret->sha256);
    stream->sum = NULL;
    ret->bytes = stream->bytes;
    if (found == NULL || strchr(trailer, '\n') == NULL)
        ret->why = str_format("the stream has no end mark: cut after %llu bytes (kubectl's exit "
                              "status was %d)", (unsigned long long)ret->bytes, end->status);
    else if (!trailer_words(trailer, ret, &status))
        ret->why = mem_text("the end mark of the stream cannot be read (is sha256sum in the image?)");
    else if (status != 0)
        ret->why = str_format("the command in the pod failed (exit status %d): %s", status,
                              str_text(&end->err));
    else if (ret->told_bytes != ret->bytes)
        ret->why = str_format("the pod sent %llu bytes, %llu arrived",
                              (unsigned long long)ret->told_bytes, (unsigned long long)ret->bytes);
    else if (strcmp(ret->told_sha256, ret->sha256) != 0)
        ret->why = mem_text("the digest of what arrived is not the pod's");
    ret->whole = ret->why == NULL;
    return true;
}

bool exec_stream(struct kube *kube, struct exec_target target, const char *body,
                 const struct strv *params, int64_t idle_ms, exec_sink *sink, void *ctx,
                 struct exec_stream_end *ret, struct error *err)
{
    char nonce[NONCE + 1];
    AUTO_STRV args = {0};
    AUTO_STR input = {0};
    AUTO_PROCESS_END end = {0};
    struct stream stream = {.sink = sink, .ctx = ctx};
    struct process_job job = {.idle_ms = idle_ms > 0 ? idle_ms : 120000,
                              .sink = stream_take,
                              .sink_ctx = &stream};

    *ret = (struct exec_stream_end){0};
    if (!target_ok(kube, target, err))
        return false;
    random_hex(nonce, NONCE);
    call_args(kube, target, nonce, params, &args);
    str_add(&input, head_of(kube));
    str_add(&input, stream_head);
    str_add(&input, body);
    str_add(&input, stream_tail);
    job.input = input.s;
    job.input_len = input.len;
    stream.sum = sha256_new();
    bool ok = kube_process(kube, &args, &job, &end, err);
    if (ok && (end.timed_out || end.interrupted))
        ok = failed(kube, target, &end, err);
    ok = ok && stream_judge(&stream, nonce, &end, ret, err);
    if (stream.sum != NULL) {
        char unused[SHA256_HEX];
        sha256_finish(stream.sum, unused);
    }
    return ok;
}

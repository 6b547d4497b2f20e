/* The calls for a Lease against a kubectl that answers as it is told: as recorded, and with lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/list.h>

#include "clock.h"
#include "fake_kubectl.h"
#include "lease.h"
#include "mem.h"

static struct lease_place place_of(struct kube *kube)
{
    return (struct lease_place){.kube = kube, .ns = mem_text("sr"), .name = mem_text("belay-sr-prod")};
}

static void end_place(struct lease_place *place)
{
    kube_free(place->kube);
    lease_place_done(place);
}

static struct lease held(void)
{
    return (struct lease){.uid = mem_text("u1"), .version = mem_text("7"),
                          .holder = mem_text("anna@host1/R1"),
                          .renewed = mem_text("2026-11-22T16:10:21.349333Z"), .seconds = 60};
}

/* --- time ---------------------------------------------------------------------------------------- */

static void times(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "x", "2026-11-22T16:10:21Z", "2026-11-22 16:10:21.349333Z",
                                      "2026-11-22T16:10:21.349333Zx", "yesterday"};

    assert_int_equal(lease_time_ms("2026-11-22T16:10:21.349333Z"), 1795363821349);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(lease_time_ms(bad[i]), -1);
}

/* Ten seconds of the server's may pass between its answer and the look at it. */
static void assert_ahead(const char *log, bool known)
{
    AUTO_FREE char *does = str_format("cat >&2 <<'X'\n%sX\necho '{}'", log);
    struct lease_place place = place_of(fake_kube(does));

    lease_ask_clock(&place);
    assert_int_equal(place.clock_known, known);
    if (known) {
        int64_t server = clock_unix_ms() + place.ahead_ms;
        assert_in_range(server - 1795361580000, 0, 60000);
    }
    end_place(&place);
}

static void the_servers_clock(void **state)
{
    (void)state;
    /* kubectl 1.32.4, then as 1.33 and newer write it. */
    assert_ahead("I1122 15:31:02.954511    6765 round_trippers.go:584] Response Headers:\n"
                 "I1122 15:31:02.954515    6765 round_trippers.go:587]     Date: Sun, 22 Nov 2026 "
                 "15:33:00 GMT\n", true);
    assert_ahead("I1122 15:31:02.954511    6765 round_trippers.go:632] \"Response\" status=\"200 OK\" "
                 "headers=<\n\tDate: Sun, 22 Nov 2026 15:33:00 GMT\n >\n", true);
    assert_ahead("", false);
    assert_ahead("Date: tomorrow\n", false);
    assert_ahead("Date: Sun, 22 Nox 2026 15:33:00 GMT\n", false);
}

static void what_is_left(void **state)
{
    (void)state;
    struct lease_place place = {.clock_known = true};
    struct lease lease = held();

    place.ahead_ms = lease_time_ms(lease.renewed) - clock_unix_ms(); /* now it is renewed */
    assert_in_range(lease_left_ms(&place, &lease), 50000, 60000);
    place.ahead_ms += 70000;
    assert_true(lease_left_ms(&place, &lease) < 0);
    lease.seconds = -1; /* nonsense is no reason to take it over */
    assert_true(lease_left_ms(&place, &lease) > 0);
    free(lease.renewed);
    lease.renewed = mem_text("");
    assert_true(lease_left_ms(&place, &lease) < 0);
    lease_done(&lease);
}

/* --- what the API server says ------------------------------------------------------------------- */

static void ends(void **state)
{
    (void)state;
    static const struct {
        const char *says;
        enum lease_end end;
    } rows[] = {
        {"Error from server (AlreadyExists): error when creating \"STDIN\": "
         "leases.coordination.k8s.io \"belay-sr-prod\" already exists", LEASE_OTHER},
        {"The request is invalid: the server rejected our request due to an error in our request",
         LEASE_OTHER},
        {"Error from server (Conflict): Operation cannot be fulfilled on Lease.coordination.k8s.io "
         "\"belay-sr-prod\": the ResourceVersion in the precondition (1) does not match", LEASE_OTHER},
        {"Error from server (NotFound): leases.coordination.k8s.io \"belay-sr-prod\" not found",
         LEASE_OTHER},
        {"Error from server (Forbidden): error when creating \"STDIN\": leases.coordination.k8s.io is "
         "forbidden: User \"viewer\" cannot create resource \"leases\"", LEASE_FORBIDDEN},
        {"error: You must be logged in to the server (Unauthorized)", LEASE_FAILED},
        {"Unable to connect to the server: net/http: TLS handshake timeout", LEASE_FAILED},
        {"", LEASE_FAILED},
    };
    const struct lease_claim claim = {"anna@host1/R1", "R1", "n1"};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        AUTO_FREE char *does = str_format("cat >/dev/null; echo '%s' >&2; exit 1", rows[i].says);
        struct lease_place place = place_of(fake_kube(does));
        struct lease lease = held();
        AUTO_ERROR err = {0};
        assert_int_equal(lease_renew(&place, &lease, &err), rows[i].end);
        assert_int_equal(err.code, ERR_KUBE);
        assert_int_equal(lease_release(&place, &lease, NULL), rows[i].end);
        assert_int_equal(lease_take_over(&place, &claim, &lease, NULL), rows[i].end);
        assert_string_equal(lease.version, "7"); /* as it was */
        assert_string_equal(lease.holder, "anna@host1/R1");
        struct lease made = {0};
        assert_int_equal(lease_create(&place, &claim, &made, NULL), rows[i].end);
        lease_done(&made);
        lease_done(&lease);
        end_place(&place);
    }
}

/* Exit status 0 is not believed without what was to be printed. */
static void answers_that_are_none(void **state)
{
    (void)state;
    static const char *const says[] = {"", "7", " "};
    const struct lease_claim claim = {"anna@host1/R1", "R1", "n1"};

    for (size_t i = 0; i < 3; i++) {
        AUTO_FREE char *does = str_format("cat >/dev/null; printf '%%s' '%s'", says[i]);
        struct lease_place place = place_of(fake_kube(does));
        struct lease lease = held();
        struct lease made = {0};
        assert_int_equal(lease_renew(&place, &lease, NULL), LEASE_FAILED);
        assert_int_equal(lease_create(&place, &claim, &made, NULL), LEASE_FAILED);
        lease_done(&made);
        lease_done(&lease);
        end_place(&place);
    }
}

static void read_from(const char *says, bool ok, bool there)
{
    AUTO_FREE char *does = str_format("printf '%%s' '%s'", says);
    struct lease_place place = place_of(fake_kube(does));
    struct lease lease = {0};
    bool found = false;

    assert_int_equal(lease_read(&place, &lease, &found, NULL), ok);
    assert_int_equal(found && ok, there);
    if (there) {
        assert_string_equal(lease.holder, "h");
        assert_string_equal(lease.nonce, "n");
        assert_int_equal(lease.transitions, 3);
    }
    lease_done(&lease);
    end_place(&place);
}

static void reading(void **state)
{
    (void)state;
    read_from("", true, false);
    read_from("{\"metadata\":{\"uid\":\"u\",\"annotations\":{\"belay/nonce\":\"n\"}},\"spec\":"
              "{\"holderIdentity\":\"h\",\"leaseTransitions\":3}}", true, true);
    read_from("{\"metadata\":{\"uid\":\"u\"", false, false); /* cut off */
    read_from("{\"metadata\":{}}", false, false);
    read_from("[]", false, false);
    read_from("{\"metadata\":{\"uid\":\"u\"},\"spec\":{\"leaseTransitions\":9223372036854775807}}", false, false);
    read_from("{\"metadata\":{\"uid\":\"u\"},\"spec\":{\"leaseDurationSeconds\":9223372036854775807}}", false,
              false);
    read_from("{\"metadata\":{\"uid\":\"u\"},\"spec\":{\"leaseTransitions\":-1}}", false, false);
}

/* --- vectors ------------------------------------------------------------------------------------- */

static void the_namespace_of_the_cluster_counts(void **state)
{
    (void)state;
    struct lease_place place = place_of(fake_kube("echo 8 2026-11-22T16:10:31.000000Z"));
    struct lease lease = held();
    AUTO_STR words = {0};

    assert_int_equal(lease_renew(&place, &lease, NULL), LEASE_HELD);
    assert_string_equal(lease.version, "8");
    assert_string_equal(lease.renewed, "2026-11-22T16:10:31.000000Z");
    fake_file("words", &words);
    assert_non_null(strstr(words.s, "\n--namespace=sr\n"));
    assert_non_null(strstr(words.s, "{\"op\":\"test\",\"path\":\"/spec/holderIdentity\",\"value\":"
                                    "\"anna@host1/R1\"}"));
    free(place.ns);
    place.ns = mem_text("other");
    str_clear(&words);
    assert_int_equal(lease_renew(&place, &lease, NULL), LEASE_HELD);
    fake_file("words", &words);
    assert_non_null(strstr(words.s, "\n--namespace=other\n")); /* behind the other: the last counts */
    lease_done(&lease);
    end_place(&place);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(times),
        T(the_servers_clock),
        T(what_is_left),
        T(ends),
        T(answers_that_are_none),
        T(reading),
        T(the_namespace_of_the_cluster_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

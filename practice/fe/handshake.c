/* Login: protocol 10 greeting and mysql_native_password, as MysqlHandshakePacket.java does it. */
#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>

#include <belay/str.h>

#include "mem.h"
#include "server.h"
#include "world_db.h"
#include "world_release.h"

#define CAPABILITIES 0x18820Cu     /* recorded on 3.3.5 */
#define PLUGIN_AUTH_LENENC 0x200000u /* besides, on 3.5.16 and 4.1.0 */
#define CONNECT_WITH_DB 8u
#define PLUGIN_AUTH 0x80000u
#define PLUGIN "mysql_native_password"
#define SHA1_LEN 20

static bool make_salt(char salt[21])
{
    unsigned char bytes[20];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        salt[i] = (char)('!' + bytes[i] % 90); /* no NUL, printable */
    salt[20] = '\0';
    return true;
}

static void greet(struct conn *c, int release)
{
    const char *version = release_has(release, TRAIT_SERVER_8033) ? "8.0.33" : "5.1.0";
    uint32_t capabilities = CAPABILITIES;
    if (release_has(release, TRAIT_SERVER_8033))
        capabilities |= PLUGIN_AUTH_LENENC;
    AUTO_STR p = {0};
    wire_int(&p, 10, 1);
    str_addn(&p, version, strlen(version) + 1);
    wire_int(&p, c->thread_id, 4);
    str_addn(&p, c->salt, 8);
    wire_int(&p, 0, 1);
    wire_int(&p, capabilities & 0xFFFF, 2);
    wire_int(&p, 33, 1);
    wire_int(&p, 0, 2);
    wire_int(&p, capabilities >> 16, 2);
    wire_int(&p, 21, 1);
    str_pad(&p, '\0', 10);
    str_addn(&p, c->salt + 8, 13);
    str_addn(&p, PLUGIN, sizeof PLUGIN);
    wire_add(&c->wire, &p);
}

/* A NUL-ended text at *at; NULL when the packet ends before. */
static const char *take_text(const struct str *p, size_t *at)
{
    if (*at >= p->len)
        return NULL;
    const char *text = p->s + *at;
    const char *end = memchr(text, '\0', p->len - *at);
    if (end == NULL)
        return NULL;
    *at += (size_t)(end - text) + 1;
    return text;
}

struct login {
    const char *user, *db, *plugin;
    const unsigned char *proof;
    size_t proof_len;
};

static bool read_login(const struct str *p, struct login *ret)
{
    if (p->len < 33)
        return false;
    const unsigned char *b = (const unsigned char *)p->s;
    uint32_t flags = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
                     (uint32_t)b[3] << 24;
    size_t at = 32;
    ret->user = take_text(p, &at);
    if (ret->user == NULL || at >= p->len)
        return false;
    ret->proof_len = b[at++];
    if (ret->proof_len > p->len - at)
        return false;
    ret->proof = b + at;
    at += ret->proof_len;
    if ((flags & CONNECT_WITH_DB) != 0)
        ret->db = take_text(p, &at);
    if ((flags & PLUGIN_AUTH) != 0)
        ret->plugin = take_text(p, &at);
    return true;
}

static bool sha1(const void *a, size_t a_len, const void *b, size_t b_len,
                 unsigned char ret[SHA1_LEN])
{
    EVP_MD_CTX *sum = EVP_MD_CTX_new();
    bool ok = sum != NULL && EVP_DigestInit_ex(sum, EVP_sha1(), NULL) == 1 &&
              EVP_DigestUpdate(sum, a, a_len) == 1 && EVP_DigestUpdate(sum, b, b_len) == 1 &&
              EVP_DigestFinal_ex(sum, ret, NULL) == 1;
    EVP_MD_CTX_free(sum);
    return ok;
}

/* SHA1(password) XOR SHA1(salt + SHA1(SHA1(password))) */
static bool proves(const char *password, const char *salt, const unsigned char *proof, size_t len)
{
    unsigned char once[SHA1_LEN], twice[SHA1_LEN], mixed[SHA1_LEN];
    if (password[0] == '\0')
        return len == 0;
    if (len != SHA1_LEN || !sha1(password, strlen(password), "", 0, once) ||
        !sha1(once, SHA1_LEN, "", 0, twice) || !sha1(salt, 20, twice, SHA1_LEN, mixed))
        return false;
    unsigned char differs = 0;
    for (size_t i = 0; i < SHA1_LEN; i++)
        differs |= (unsigned char)(proof[i] ^ once[i] ^ mixed[i]);
    return differs == 0;
}

/* Another plugin: asks for the native one; the answer is the proof alone. */
static bool switch_plugin(struct conn *c, struct str *ret)
{
    AUTO_STR p = {0};
    wire_int(&p, 0xFE, 1);
    str_addn(&p, PLUGIN, sizeof PLUGIN);
    str_addn(&p, c->salt, 21);
    wire_add(&c->wire, &p);
    return wire_flush(&c->wire) && wire_read(&c->wire, ret);
}

/* Recorded: a user's connections on this FE are counted at login. */
static bool too_many(const struct conn *c, const char *user, int64_t limit, struct answer *a)
{
    int64_t all = 0, own = 0;
    for (const struct conn *o = c->server->conns; o != NULL; o = o->next) {
        all += o->user != NULL && o->fe_id == c->fe_id;
        own += o->fe_id == c->fe_id && str_equal(o->user, user);
    }
    if (own < limit)
        return false;
    AUTO_FREE char *host = db_text(world_db(c->server->world),
                                   "SELECT host || ':9010' FROM fe WHERE id = ?1", "i", c->fe_id);
    AUTO_FREE char *version = db_text(world_db(c->server->world),
                                      "SELECT version FROM fe WHERE id = ?1", "i", c->fe_id);
    bool identity = release_has(release_number(version == NULL ? "" : version),
                                TRAIT_LIMIT_SAYS_IDENTITY);
    AUTO_FREE char *who = identity ? str_format(", currUserIdentity: '%s'@'%%'", user)
                                   : mem_text("");
    answer_error(a, 1064, "HY000", "Reach user-level(qualifiedUser: %s%s) connection limit,"
                 " currentUserMaxConn=%lld, connectionMap.size=%lld, connByUser.totConn=%lld,"
                 " user.currConn=%lld, node=%s", user, who, (long long)limit, (long long)all,
                 (long long)all, (long long)own, host);
    return true;
}

static bool check_user(struct conn *c, const struct login *login, struct answer *a)
{
    sqlite3 *db = world_db(c->server->world);
    AUTO_STMT *row = db_prepare(db, NULL,
                                "SELECT password, roles, active_on_login, max_connections FROM user"
                                " WHERE name = ?1",
                                "s", login->user);
    if (row == NULL || sqlite3_step(row) != SQLITE_ROW ||
        !proves(db_column(row, 0), c->salt, login->proof, login->proof_len))
        return answer_error(a, 1045, "28000", "Access denied for user '%s' (using password: %s)",
                            login->user, login->proof_len > 0 ? "YES" : "NO");
    if (too_many(c, login->user, sqlite3_column_int64(row, 3), a))
        return false;
    c->user = mem_text(login->user);
    c->granted = mem_text(db_column(row, 1));
    c->roles = mem_text(sqlite3_column_int(row, 2) != 0 ? c->granted : "");
    if (login->db == NULL || login->db[0] == '\0')
        return true;
    if (db_int(db, 0, "SELECT count(*) FROM db WHERE name = ?1", "s", login->db) == 0 &&
        !str_equal(login->db, "information_schema") && !str_equal(login->db, "sys"))
        return answer_error(a, 5501, "3F000", "Unknown database '%s'", login->db);
    c->db = mem_text(login->db);
    return true;
}

bool handshake(struct conn *c)
{
    AUTO_STR packet = {0}, proof = {0};
    AUTO_ANSWER a = {0};
    struct login login = {0};
    server_lock(c->server);
    AUTO_FREE char *version = db_text(world_db(c->server->world),
                                      "SELECT version FROM fe WHERE id = ?1", "i", c->fe_id);
    server_unlock(c->server);
    if (!make_salt(c->salt))
        return false;
    greet(c, release_number(version == NULL ? "" : version));
    if (!wire_flush(&c->wire) || !wire_read(&c->wire, &packet) || !read_login(&packet, &login))
        return false;
    if (login.plugin != NULL && !str_equal(login.plugin, PLUGIN)) {
        if (!switch_plugin(c, &proof))
            return false;
        login.proof = (const unsigned char *)str_text(&proof);
        login.proof_len = proof.len;
    }
    server_lock(c->server);
    bool ok = check_user(c, &login, &a);
    server_unlock(c->server);
    wire_answer(&c->wire, &a, false, SIZE_MAX);
    return wire_flush(&c->wire) && ok;
}

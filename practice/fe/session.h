/* What a connection remembers: current database, roles, variables. Under the server's lock. */
#ifndef PRACTICE_FE_SESSION_H
#define PRACTICE_FE_SESSION_H

#include <stdbool.h>

#include "answer.h"
#include "server.h"
#include "variables.h"

/* USE [catalog.]db. false with the answer an error. */
bool session_use(struct conn *c, const char *catalog, const char *db, struct answer *a);

/* One of the active roles is this. */
bool session_has_role(const struct conn *c, const char *role);

/* Sees and changes databases, tables, views: root and db_admin do. */
bool session_sees_objects(const struct conn *c);

/* A privilege on one object; PRIVILEGE is what the answer names, with the object, when it is lacking. */
bool session_may_view(const struct conn *c, int64_t id, const char *privilege, const char *object,
                      struct answer *a);

enum privilege {
    PRIVILEGE_NONE,
    PRIVILEGE_OPERATE,
    PRIVILEGE_NODE,
    PRIVILEGE_OPERATE_OR_NODE,
    PRIVILEGE_PLUGIN,
    PRIVILEGE_GRANT
};

/* A grant on the view, or on all of its database, lets the session see it; db alone: any of it. */
bool session_sees_view(const struct conn *c, const char *db, const char *view);

/* false with the answer 5203 when the active roles do not give it. */
bool session_may(const struct conn *c, enum privilege privilege, struct answer *a);

/* The same 5203 for an object: "ALTER", "MATERIALIZED VIEW m1". */
bool session_may_object(const struct conn *c, const char *privilege, const char *object,
                        struct answer *a);

/* The type of a system variable. */
enum variable_kind session_variable_kind(const char *name);

/* Value of a session, user or system variable; NULL: there is none. free() it. */
char *session_variable(struct conn *c, const char *name);

/* Every system variable's name and value go to the visitor, by name. */
void session_each_variable(struct conn *c, void (*visit)(void *, const char *, const char *),
                           void *ctx);

/* SET name = value; false: there is no such variable. */
bool session_set(struct conn *c, const char *name, const char *value, struct answer *a);

/* 1193 with the names that are most similar; as an analysis error or as one of execution. */
bool session_no_variable(const struct conn *c, const char *name, bool analyzed, struct answer *a);

/* SET ROLE: ALL, NONE, DEFAULT (in value) or names. */
bool session_set_roles(struct conn *c, const char *value, const struct strv *names,
                       struct answer *a);

/* "'root'@'%'"; free() it. */
char *session_identity(const struct conn *c);

/* What database(), user(), … give ("" where there is nothing); free() it. */
char *session_information(const struct conn *c, const char *name);
/* One id a connection: its last query's; free() it. */
char *session_query_id(const struct conn *c);
/* get_query_profile(id): "" for another id and without enable_profile; free() it. */
char *session_profile(struct conn *c, const char *id);

#endif

/*
 * Functions that must not be used; included before every source file. Using one is a compile error
 * that names it. (Function-like macros rather than a poison pragma, because headers of libraries
 * mention some of them in macros of their own.)
 */
#ifndef BELAY_BANNED_H
#define BELAY_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(name) sorry_##name##_is_a_banned_function

#undef strcpy
#define strcpy(to, from) BANNED(strcpy)
#undef strcat
#define strcat(to, from) BANNED(strcat)
#undef strtok
#define strtok(text, set) BANNED(strtok)
#undef sprintf
#define sprintf(...) BANNED(sprintf)
#undef vsprintf
#define vsprintf(to, fmt, ap) BANNED(vsprintf)
#undef gets
#define gets(to) BANNED(gets)
#undef atoi
#define atoi(text) BANNED(atoi)
#undef atol
#define atol(text) BANNED(atol)
#undef system
#define system(line) BANNED(system)
#undef popen
#define popen(line, mode) BANNED(popen)
#undef tmpnam
#define tmpnam(to) BANNED(tmpnam)
#undef mktemp
#define mktemp(to) BANNED(mktemp)
#undef asctime
#define asctime(tm) BANNED(asctime)
#undef ctime
#define ctime(t) BANNED(ctime)
#undef localtime
#define localtime(t) BANNED(localtime)
#undef gmtime
#define gmtime(t) BANNED(gmtime)
#undef alloca
#define alloca(size) BANNED(alloca)

#endif

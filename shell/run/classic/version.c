/* The line with which the classic client tells what it is; scripts read releases out of it. */
#include "version.h"

#include <sys/utsname.h>

#include <belay/str.h>
#include <connection_facts.h>

/* Of client/mysql.cc, unchanged since MariaDB 5.5. */
#define CLIENT_VERSION "15.1"

void classic_version(const char *program, struct str *ret)
{
    struct utsname system;

    if (uname(&system) != 0)
        system = (struct utsname){.sysname = "Linux", .machine = "unknown"};
    str_addf(ret, "%s  Ver %s Distrib %s-MariaDB, for %s (%s) using belay %s\n", program,
             CLIENT_VERSION, connection_library_version(), system.sysname, system.machine,
             BELAY_VERSION);
}

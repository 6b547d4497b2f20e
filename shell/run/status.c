/* Exit statuses; the manual page and README list the same. */
#include "status.h"

int status_of(enum error_code code)
{
    switch (code) {
    case ERR_NONE:
        return 0;
    case ERR_FAILED:
        return 1;
    case ERR_USAGE:
        return 2;
    case ERR_CONNECTION:
        return 3;
    case ERR_DECLINED:
        return 4;
    case ERR_STOPPED:
        return 5;
    case ERR_OUTPUT:
        return 6;
    case ERR_DRIFT:
        return 7;
    case ERR_VERDICT:
        return 8;
    case ERR_UNKNOWN:
        return 9;
    case ERR_KUBE:
        return 10;
    case ERR_LEASE:
        return 11;
    }
    return 1;
}

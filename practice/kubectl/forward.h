/* Forwards that run end when this value of table meta is another than when they began. */
#ifndef PRACTICE_KUBECTL_FORWARD_H
#define PRACTICE_KUBECTL_FORWARD_H

#define FORWARDS_ENDED "forwards_ended"

#endif

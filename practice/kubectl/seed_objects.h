/* Templates of the objects that a new practice cluster begins with (template.h says how). */
#ifndef PRACTICE_KUBECTL_SEED_OBJECTS_H
#define PRACTICE_KUBECTL_SEED_OBJECTS_H

extern const char seed_cluster[];        /* C, NS, TAG, FES, NODES, X, SPEC */
extern const char seed_warehouse[];      /* C, NS, NAME, TAG */
extern const char seed_operator[];       /* C, NS, OPERATOR */
extern const char seed_operator_pod[];   /* C, NS, OPERATOR */
extern const char seed_crd[];            /* MARK: its release, SCALE: the next, or "" */
extern const char seed_crd_scale[];      /* JSON already */
extern const char seed_warehouse_crd[];  /* MARK */
extern const char seed_namespace[];      /* NAME */
extern const char seed_node[];           /* NAME */
extern const char seed_service[];        /* C, NS, X, PORTS */
extern const char seed_search_service[]; /* C, NS, X, PORTS */
extern const char seed_fe_ports[];
extern const char seed_node_ports[];

#endif

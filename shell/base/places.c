/* An open hash table of places. */
#include "places.h"

#include <string.h>

#include "mem.h"

struct place_slot {
    uint32_t hash;  /* of the name: most that differ are told apart without looking at them */
    uint32_t after; /* one after the place; 0: free */
};

struct places {
    const char *first; /* where the first entry has the pointer to its name … */
    size_t stride;     /* … and how far on the next has it */
    size_t n_slots;
    struct place_slot slots[];
};

void places_free(struct places *places)
{
    free(places);
}

/* Eight bytes at a time, each mixed by an odd factor (Knuth, The Art of Computer Programming 3, 6.4). */
static uint32_t hash_of(const char *name)
{
    size_t len = strlen(name);
    uint64_t hash = len;

    for (; len > 0;) {
        uint64_t part = 0;
        size_t n = len < sizeof(part) ? len : sizeof(part);
        memcpy(&part, name, n);
        hash = (hash ^ part) * 0x9E3779B97F4A7C15U;
        hash ^= hash >> 32;
        name += n;
        len -= n;
    }
    return (uint32_t)hash;
}

static const char *name_at(const struct places *places, uint32_t place)
{
    const char *const *name = (const void *)(places->first + place * places->stride);

    return *name;
}

/* The slot of this name: of the entry, or the free one where it belongs. */
static struct place_slot *slot_of(struct places *places, const char *name, uint32_t hash)
{
    size_t at = hash & (places->n_slots - 1);

    for (;; at = (at + 1) & (places->n_slots - 1)) {
        struct place_slot *slot = &places->slots[at];
        if (slot->after == 0 ||
            (slot->hash == hash && strcmp(name_at(places, slot->after - 1), name) == 0))
            return slot;
    }
}

struct places *places_new(const char *const *name, size_t stride, size_t n)
{
    size_t n_slots = 2;

    if (n >= NO_PLACE)
        mem_fatal("more names than an index can hold");
    while (n_slots < n * 2)
        n_slots *= 2;
    struct places *places = mem_alloc(sizeof(*places) + n_slots * sizeof(places->slots[0]));
    places->first = (const char *)name;
    places->stride = stride;
    places->n_slots = n_slots;
    uint32_t *hashes = mem_array(n, sizeof(*hashes));
    for (uint32_t i = 0; i < n; i++) {
        if (i + MEM_AHEAD < n)
            mem_soon(name_at(places, i + MEM_AHEAD));
        hashes[i] = hash_of(name_at(places, i));
    }
    for (uint32_t i = 0; i < n; i++) {
        if (i + MEM_AHEAD < n)
            mem_soon(&places->slots[hashes[i + MEM_AHEAD] & (n_slots - 1)]);
        struct place_slot *slot = slot_of(places, name_at(places, i), hashes[i]);
        if (slot->after == 0)
            *slot = (struct place_slot){.hash = hashes[i], .after = i + 1};
    }
    free(hashes);
    return places;
}

void places_soon(const struct places *places, const char *name)
{
    if (places != NULL)
        mem_soon(&places->slots[hash_of(name) & (places->n_slots - 1)]);
}

uint32_t places_find(const struct places *places, const char *name)
{
    if (places == NULL)
        return NO_PLACE;
    return slot_of((struct places *)places, name, hash_of(name))->after - 1;
}

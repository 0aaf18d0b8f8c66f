/* Sound HDF5 files that mean harm: they lead elsewhere, claim more than they hold, or have too much of something. */

#ifndef SPANE_HOSTILE_H
#define SPANE_HOSTILE_H

#include <stdint.h>

enum hostile_kind {
    /* To another file. */
    hostile_external_storage,
    hostile_virtual,
    hostile_external_link,
    hostile_soft_link_out,
    /* In circles. */
    hostile_soft_circle,
    hostile_own_group,
    /* Claims of as many values as asked for. */
    hostile_contiguous_claim,
    hostile_chunked_claim,
    hostile_giant_chunk,
    hostile_tiny_chunks,
    hostile_sparse_chunks,
    hostile_zeros,
    /* Filters and indices. */
    hostile_twice_deflated,
    hostile_scale_offset,
    hostile_old_index,
    hostile_tree_index,
    /* Too much of something: as much as asked for. */
    hostile_links,
    hostile_attributes,
    hostile_old_group,
    hostile_text,
    /* Types and shapes. */
    hostile_wide_integers,
    hostile_compound,
    hostile_many_dimensions,
    hostile_scalar,
    hostile_kinds
};

/* What a kind is called. */
const char *hostile_name(enum hostile_kind kind);

/*
 * Puts something of this kind in place of the object `name` of an open file, or beside it where that is what the kind is.
 * `amount` is the size of claims, `elsewhere` the file that links and storage lead to. 0, or -1 where HDF5 refuses.
 */
int hostile_put(int64_t file, const char *name, enum hostile_kind kind, uint64_t amount, const char *elsewhere);

/* The same to the file at `path`. */
int hostile_edit(const char *path, const char *name, enum hostile_kind kind, uint64_t amount, const char *elsewhere);

#endif

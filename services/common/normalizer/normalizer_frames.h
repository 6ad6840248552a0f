/* normalizer_frames: the map as a filter of whole messages, for a command that wants to know what would become of them.
 *
 * A frame is four bytes of length (little-endian) and that many bytes. In: a feed message with its coordinates, append
 * time, key, headers and value, in the encoding of a dead letter (incident/deadletter.h; reason and detail empty). Out:
 * the incident that it becomes, as on topic incidents; or, asked for unknowns, what the mapping and the register do not
 * know of it: four bytes of length and the type, then the place, both empty where there is nothing (convert_unknowns).
 * An empty frame in asks for what is ready, so that whoever writes no more than a pipe holds before each can write and
 * read in turn. */
#ifndef LAGESBILD_NORMALIZER_FRAMES_H
#define LAGESBILD_NORMALIZER_FRAMES_H

#include "base/err.h"
#include "normalizer/convert.h"

#define NORMALIZER_FRAME_MAX (20u << 20)

/* From standard input to standard output until its end. -1: ERR_CONFIG for what is no frame, or convert's failure. */
int normalizer_frames(struct convert *convert, bool unknowns, struct err *err) MUST_CHECK;

/* The headers that mean something to convert, put into an input one by one; the last of a name wins. ctx is a struct
 * convert_input. */
void normalizer_frames_header(void *ctx, const char *name, const void *value, size_t len);

#endif

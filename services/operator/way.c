#include "way.h"

int64_t way_back(int64_t *moves, size_t count)
{
	size_t depth = 0;

	/* The way is built where the moves stand: it is never longer than what has been read. */
	for (size_t i = 0; i < count; i++) {
		size_t at = 0;

		while (at < depth && moves[at] != moves[i])
			at++;
		moves[at] = moves[i];
		depth = at + 1;
	}
	return depth < 2 ? -1 : moves[depth - 2];
}

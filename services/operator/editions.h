/* editions: what publish and the actions of "lagesbild editions" share. Texts are borrowed from the command line. */
#ifndef LAGESBILD_EDITIONS_H
#define LAGESBILD_EDITIONS_H

#include "base/err.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/* Who acts ("": whoever is signed in to the database), and what they say ("": nothing). */
struct editions_who {
	const char *by, *comment;
};

/* ERR_CONFIG when either is too long or holds a control character. */
int editions_check_who(const struct editions_who *who, struct err *err) MUST_CHECK;

/* Bring an edition to a state: commented, approved, published, withdrawn. force: also one that was frozen incomplete.
 * The state it has then goes to state when that is not NULL. ERR_CONFIG with the reason when it is refused; in a
 * transaction all is as before. */
int editions_move(struct db *db, int32_t id, const char *target, const struct editions_who *who, bool force,
		  char state[16], struct err *err) MUST_CHECK;

/* One line about the edition, or its JSON object. ERR_CONFIG when there is none of that number. */
int editions_print(struct db *db, int32_t id, bool json, struct err *err) MUST_CHECK;

/* The frozen figures as a table, how they came to be, and what was said of them; JSON: the object of editions_print
 * with its figures. */
int editions_show(struct db *db, int32_t id, bool json, struct err *err) MUST_CHECK;

/* What has changed since, with causes; all: in the months before the period too. */
int editions_show_revisions(struct db *db, int32_t id, bool all, bool json, struct err *err) MUST_CHECK;

#endif

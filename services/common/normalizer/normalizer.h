/* normalizer: the engine that every normalizer-<source> is made of: feed.<source> in, one record a message out on
 * incidents.
 *
 * It owns the consumer of the feed, the producer, and the chain of custody: each message read gets the next sequence of
 * its chain (topic, partition, epoch); the group's offset is committed only behind the contiguous delivered prefix,
 * with metadata "epoch,sequence,append time of the last message", and read back at every assignment. A message that
 * cannot be used becomes a reject with its reason, and a dead letter; it never stops the good ones. */
#ifndef LAGESBILD_NORMALIZER_H
#define LAGESBILD_NORMALIZER_H

#include "base/err.h"
#include "normalizer/source.h"

/* The whole program: configuration, --help, --map (a filter: JSON lines in, one JSON line out each), --replay
 * PARTITION:FROM-TO (a stretch of the feed again as a new epoch, then exit), else the service. Returns the process's
 * exit status. */
int normalizer_main(const struct source *source, int argc, char **argv);

#endif

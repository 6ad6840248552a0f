/* log: one line an event to stderr, key=value, or JSON with LOG_FORMAT=json. Only programs log (library code returns
 * errors); never a message's content. Thread-safe by one write(2) a line. */
#ifndef LAGESBILD_LOG_H
#define LAGESBILD_LOG_H

/* Name the program (borrowed, must outlive all logging) and read LOG_FORMAT. Without a call: "lagesbild", key=value. */
void log_init(const char *program);

/* One line: time in UTC, level, program, event=<event>, then pairs (const char *key, const char *value) until a
 * NULL key. Values are quoted and escaped as needed. A line longer than 2 KiB is cut.
 *   log_event(LOG_NOTE, "started", "partitions", "4", NULL); */
enum log_level { LOG_NOTE, LOG_WARNING, LOG_FAILURE };
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));

/* The same with one printf-formatted key "text". */
void log_text(enum log_level level, const char *event, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif

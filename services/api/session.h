/* session: the cookie of a signed-in browser. */
#ifndef API_SESSION_H
#define API_SESSION_H

/* __Host-: only over TLS (or to this machine), only to this host, for every path
 * (https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis, 4.1.3.2). */
#define SESSION_COOKIE "__Host-lagesbild"

#endif

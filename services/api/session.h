/* session: the words of a signed-in browser. Only a hash of the cookie is kept, so the database's reader cannot sign in
 * by it. */
#ifndef API_SESSION_H
#define API_SESSION_H

/* __Host-: only over TLS (or to this machine), only to this host, for every path
 * (https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis, 4.1.3.2). */
#define SESSION_COOKIE "__Host-lagesbild"

#define SESSION_TOKEN_SIZE 44

/* A fresh random word of 256 bits, base64url. */
void session_token(char out[SESSION_TOKEN_SIZE]);

/* What the database knows it by: its SHA-256 in hexadecimal. */
void session_key(const char *token, char out[65]);

#endif

/* token: a word that opens something, known to its holder alone: whoever keeps it keeps its hash. */
#ifndef LAGESBILD_TOKEN_H
#define LAGESBILD_TOKEN_H

#define TOKEN_SIZE 44

/* A fresh random word of 256 bits, base64url (RFC 4648, 5), terminated. */
void token_new(char out[TOKEN_SIZE]);

/* What it is kept as: its SHA-256 in hexadecimal. */
void token_key(const char *token, char out[65]);

#endif

/* token: a word that opens something, known to its holder alone: whoever keeps it keeps its hash. */
#ifndef LAGESBILD_TOKEN_H
#define LAGESBILD_TOKEN_H

#include <stdint.h>

#define TOKEN_SIZE 44

/* 256 bits as base64url without padding (RFC 4648, 5), terminated. */
void token_text(const uint8_t bytes[32], char out[TOKEN_SIZE]);

/* A fresh random word of 256 bits, in that form. */
void token_new(char out[TOKEN_SIZE]);

/* What it is kept as: its SHA-256 in hexadecimal. */
void token_key(const char *token, char out[65]);

#endif

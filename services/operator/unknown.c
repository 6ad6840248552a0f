#include "operator.h"
int unknown_command(int argc, char **argv, struct err *err) { (void)argc; (void)argv; return err_set(err, ERR_CONFIG, "x"); }

#include "operator.h"
int status_command(int argc, char **argv, struct err *err)
{
	(void)argc;
	(void)argv;
	return err_set(err, ERR_CONFIG, "not yet");
}

#include "map.h"
#include "normalizer/normalizer.h"

int main(int argc, char **argv)
{
	return normalizer_main(&citizen_source, argc, argv);
}

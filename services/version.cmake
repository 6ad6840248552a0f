# Writes OUT, a header that defines LAGESBILD_VERSION: VERSION, and the commit of the checkout SOURCE. Only when it has changed.
cmake_minimum_required(VERSION 3.22)
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=* OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE
	ERROR_QUIET RESULT_VARIABLE failed)
if(NOT failed)
	set(VERSION ${VERSION}+${commit})
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "#define LAGESBILD_VERSION \"@VERSION@\"\n" @ONLY)

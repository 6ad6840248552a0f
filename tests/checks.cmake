# Checks of the tree itself: no program of ours runs.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME style COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/style.py ${CMAKE_SOURCE_DIR})
add_test(NAME style_selftest COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/unit/style_selftest.py)
# Prometheus's own tool (package prometheus), where it is: it is large, and only the alert rules need it.
find_program(PROMTOOL promtool)
if(PROMTOOL)
	add_test(NAME alerts COMMAND ${PROMTOOL} test rules ${CMAKE_SOURCE_DIR}/deploy/prometheus/alerts_test.yml)
endif()
if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/unit/check_reference.py)
	add_test(NAME reference_data COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/unit/check_reference.py
		WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endif()
add_test(NAME compose COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/compose/standin.py --check)

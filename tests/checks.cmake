# Checks of the tree itself: no program of ours runs.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME style COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/style.py ${CMAKE_SOURCE_DIR})
add_test(NAME style_selftest COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/unit/style_selftest.py)
if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/unit/check_reference.py)
	add_test(NAME reference_data COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/unit/check_reference.py
		WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endif()
add_test(NAME compose COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/compose/standin.py --check)

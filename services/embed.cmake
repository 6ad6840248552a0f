# Text files as C constants: embed_texts(target prefix file...) compiles into target a source that defines, for each file NAME.ext,
#   const char <prefix>_NAME[];   (terminated)
# and puts <prefix>.h, which declares them, on the target's include path.
set(EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed_text.cmake)

function(embed_texts target prefix)
	set(dir ${CMAKE_CURRENT_BINARY_DIR}/embed)
	set(out ${dir}/${prefix}.c ${dir}/${prefix}.h)
	set(files)
	foreach(file ${ARGN})
		get_filename_component(path ${file} ABSOLUTE)
		list(APPEND files ${path})
	endforeach()
	string(REPLACE ";" "|" joined "${files}")
	add_custom_command(OUTPUT ${out}
		COMMAND ${CMAKE_COMMAND} -DPREFIX=${prefix} -DDIR=${dir} "-DFILES=${joined}" -P ${EMBED_SCRIPT}
		DEPENDS ${files} ${EMBED_SCRIPT} VERBATIM)
	target_sources(${target} PRIVATE ${out})
	target_include_directories(${target} PRIVATE ${dir})
endfunction()

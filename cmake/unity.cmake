# Several sources in one compilation, for builds that are made once and not edited (the presets with sanitizers):
# most of a cold build is reading headers, and this saves half of it. What goes together is found by
# unity_groups.py when CMake runs. Builds for editing (dev) leave it off.

option(SALLYPORT_UNITY "Compile several sources at once (python3)" OFF)
if(SALLYPORT_UNITY)
  find_program(SALLYPORT_UNITY_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)
  # What is one file's own seems to be a header's, or around what is local to another, here.
  target_compile_options(sallyport_flags INTERFACE -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()

function(sallyport_unity target)
  if(NOT SALLYPORT_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  set(paths "")
  foreach(source ${sources})
    get_filename_component(path ${source} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
    list(APPEND paths ${path})
  endforeach()
  execute_process(COMMAND ${SALLYPORT_UNITY_PYTHON} -B ${CMAKE_SOURCE_DIR}/cmake/unity_groups.py ${paths}
                  OUTPUT_VARIABLE groups COMMAND_ERROR_IS_FATAL ANY)
  string(STRIP "${groups}" groups)
  string(REPLACE "\n" ";" groups "${groups}")
  set(number 0)
  foreach(group ${groups})
    math(EXPR number "${number} + 1")
    string(REPLACE " " ";" group "${group}")
    foreach(at ${group})
      list(GET sources ${at} source)
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP "group_${number}")
    endforeach()
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()

# One libFuzzer program per *_fuzz.cc, named fuzz_<file without _fuzz>. For the preset `fuzz` (clang).

function(sallyport_fuzz_targets)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/*/*/*_fuzz.cc)
  foreach(source ${sources})
    file(RELATIVE_PATH shown ${CMAKE_SOURCE_DIR} ${source})
    string(REGEX MATCH "^([a-z0-9_]+)/([a-z0-9_]+)/([a-z0-9_]+)_fuzz\\.cc$" _ ${shown})
    set(target fuzz_${CMAKE_MATCH_1}_${CMAKE_MATCH_2}_${CMAKE_MATCH_3})
    set(module ${CMAKE_MATCH_1}_${CMAKE_MATCH_2})
    add_executable(${target} ${source})
    target_link_libraries(${target} PRIVATE sallyport_flags ${module})
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  endforeach()
endfunction()

# sallyport_module(NAME proxy/http1 [ASIO] USES base/core ... [LIBS OpenSSL::SSL ...])
#
# One second-level folder: one static library named proxy_http1, of every .cc in it except tests and fuzz
# targets. USES is what it may include, and what it links. ASIO chooses the precompiled header that
# knows the task type. `USES ALL` is for the roof.

set(SALLYPORT_MODULES "" CACHE INTERNAL "")
set(SALLYPORT_LAYERS "" CACHE INTERNAL "")

function(sallyport_module name)
  cmake_parse_arguments(M "ASIO" "" "USES;LIBS" ${ARGN})
  string(REPLACE "/" "_" target ${name})
  if(M_USES STREQUAL "ALL")
    set(M_USES ${SALLYPORT_MODULES})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${name}/*.cc)
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cc$|/main\\.cc$")
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PRIVATE sallyport_flags)
    if(M_ASIO)
      target_precompile_headers(${target} REUSE_FROM pch_asio)
    else()
      target_precompile_headers(${target} REUSE_FROM pch_std)
    endif()
    set(kind PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(kind INTERFACE)
  endif()
  foreach(used ${M_USES})
    if(NOT used IN_LIST SALLYPORT_MODULES)
      message(FATAL_ERROR "${name} uses ${used}, which is not declared above it")
    endif()
    string(REPLACE "/" "_" used_target ${used})
    target_link_libraries(${target} ${kind} ${used_target})
  endforeach()
  target_link_libraries(${target} ${kind} ${M_LIBS})
  list(JOIN M_USES " " uses)
  # A row of layers.txt.
  set(SALLYPORT_MODULES ${SALLYPORT_MODULES} ${name} CACHE INTERNAL "")
  set(SALLYPORT_LAYERS "${SALLYPORT_LAYERS}${name}: ${uses}|" CACHE INTERNAL "")
endfunction()

# The binary: proxy/cli/main.cc and everything it wires.
function(sallyport_program)
  string(REPLACE "|" "\n" rows "${SALLYPORT_LAYERS}")
  file(WRITE ${CMAKE_BINARY_DIR}/layers.txt "${rows}")
  if(EXISTS ${CMAKE_SOURCE_DIR}/proxy/cli/main.cc)
    add_executable(sallyport proxy/cli/main.cc)
    target_link_libraries(sallyport PRIVATE sallyport_flags proxy_cli)
    # Events are made by workers and freed by the scribe, and idle connections give memory back: jemalloc is
    # better at both than glibc. Sanitizers bring an allocator of their own.
    if(NOT SALLYPORT_SANITIZE)
      target_link_libraries(sallyport PRIVATE ${JEMALLOC_LIBRARY})
      target_compile_definitions(sallyport PRIVATE SALLYPORT_JEMALLOC)
    endif()
  endif()
endfunction()

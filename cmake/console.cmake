# The console: proxy/console is TypeScript, built with Node.js and npm in the build folder and embedded in the
# binary as one blob with a table (proxy/admin/console_assets.h). Where it cannot be built the binary is made
# without it, and says why: here, in ./test and under /console/.

option(SALLYPORT_CONSOLE "Embed the console, which Node.js 18 and npm build" ON)

set(console_source ${CMAKE_SOURCE_DIR}/proxy/console)
set(console_build ${CMAKE_BINARY_DIR}/console)
set(console_absence "")
if(NOT SALLYPORT_CONSOLE OR SALLYPORT_SANITIZE OR SALLYPORT_FUZZ)
  set(console_absence "this build was configured without it")
else()
  find_program(SALLYPORT_NODE node)
  find_program(SALLYPORT_NPM npm)
  if(NOT SALLYPORT_NODE OR NOT SALLYPORT_NPM)
    set(console_absence "Node.js or npm was not there when it was built: apt-get install nodejs npm")
  else()
    execute_process(COMMAND ${SALLYPORT_NODE} -p "process.versions.node.split('.')[0]"
                    OUTPUT_VARIABLE console_node OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT console_node MATCHES "^[0-9]+$" OR console_node LESS 18)
      set(console_absence "Node.js 18 or newer builds it, and '${SALLYPORT_NODE}' is older")
    endif()
  endif()
  if(NOT console_absence AND NOT EXISTS ${console_source}/build.mjs)
    set(console_absence "proxy/console/build.mjs is not there")
  endif()
  if(console_absence)
    message(WARNING "The console will be missing: ${console_absence}. Everything else is built.")
  endif()
endif()

file(GLOB_RECURSE console_sources CONFIGURE_DEPENDS ${console_source}/*)
list(FILTER console_sources EXCLUDE REGEX "/(node_modules|dist)/")
add_custom_command(
  OUTPUT ${console_build}/console_assets.cc ${console_build}/console.blob
  COMMAND ${CMAKE_COMMAND} "-DSOURCE=${console_source}" "-DBUILD=${console_build}"
          "-DNODE=${SALLYPORT_NODE}" "-DNPM=${SALLYPORT_NPM}" "-DABSENCE=${console_absence}"
          -P ${CMAKE_SOURCE_DIR}/cmake/build_console.cmake
  DEPENDS ${console_sources} ${CMAKE_SOURCE_DIR}/cmake/build_console.cmake
  COMMENT "Building the console" VERBATIM)
file(WRITE ${console_build}/console_blob.S.new
".section .rodata
.global sallyport_console_blob
.balign 16
sallyport_console_blob:
.incbin \"${console_build}/console.blob\"
.byte 0
.section .note.GNU-stack,\"\",@progbits
")
file(COPY_FILE ${console_build}/console_blob.S.new ${console_build}/console_blob.S ONLY_IF_DIFFERENT)
set_source_files_properties(${console_build}/console_blob.S PROPERTIES OBJECT_DEPENDS ${console_build}/console.blob)
enable_language(ASM)
add_library(console_blob OBJECT ${console_build}/console_blob.S)
add_library(console_assets STATIC ${console_build}/console_assets.cc $<TARGET_OBJECTS:console_blob>)
target_link_libraries(console_assets PRIVATE sallyport_flags)

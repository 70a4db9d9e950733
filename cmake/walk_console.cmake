# cmake -DSOURCE=... -DBUILD=build/x/console_walks -DCONSOLE=build/x/console -DNODE=... -DNPM=... -DBINARY=... -P walk_console.cmake
#
# Walks the console with Chromium (tests/console/run.mjs). What the walks are written with is installed in the build
# folder, and only when their lockfile changed.

if(EXISTS ${CONSOLE}/MISSING)
  file(READ ${CONSOLE}/MISSING why)
  message("THE CONSOLE IS MISSING, and its views are not tested: ${why}")
  return()
endif()
set(work ${BUILD}/tests/console)
file(MAKE_DIRECTORY ${work})
file(GLOB stale LIST_DIRECTORIES true ${work}/*)
list(FILTER stale EXCLUDE REGEX "/node_modules$")
if(stale)
  file(REMOVE_RECURSE ${stale})
endif()
file(COPY ${SOURCE}/tests/console/ DESTINATION ${work} PATTERN node_modules EXCLUDE PATTERN shots EXCLUDE)
file(REMOVE ${BUILD}/conf ${BUILD}/tests/e2e)
file(CREATE_LINK ${SOURCE}/conf ${BUILD}/conf SYMBOLIC)
file(CREATE_LINK ${SOURCE}/tests/e2e ${BUILD}/tests/e2e SYMBOLIC)
file(SHA256 ${work}/package-lock.json lock)
set(installed "")
if(EXISTS ${work}/node_modules/.sallyport-lock)
  file(READ ${work}/node_modules/.sallyport-lock installed)
endif()
if(NOT installed STREQUAL lock)
  execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 WORKING_DIRECTORY ${work}
                  COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE ${work}/node_modules/.sallyport-lock ${lock})
endif()
execute_process(COMMAND ${NODE} ${work}/run.mjs --binary ${BINARY} --shots ${BUILD}/shots COMMAND_ERROR_IS_FATAL ANY)

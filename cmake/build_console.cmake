# cmake -DSOURCE=proxy/console -DBUILD=build/x/console -DNODE=... -DNPM=... -DABSENCE=... -P build_console.cmake
#
# Makes BUILD/console.blob (every file of the console, as it is and gzipped, one behind the other) and
# BUILD/console_assets.cc (what is where). ABSENCE says why there is no console; where npm cannot install what it
# is built with, that is why, BUILD/MISSING says so, and the build goes on. A fault in the console's own source
# ends the build.
#
# Packages are installed in BUILD/work and only when the lockfile changed.

set(work ${BUILD}/work)
set(dist ${BUILD}/dist)
file(MAKE_DIRECTORY ${work})
file(REMOVE_RECURSE ${dist} ${BUILD}/MISSING)
file(MAKE_DIRECTORY ${dist})

if(NOT ABSENCE)
  file(GLOB stale LIST_DIRECTORIES true ${work}/*)
  list(FILTER stale EXCLUDE REGEX "/node_modules$")
  if(stale)
    file(REMOVE_RECURSE ${stale})
  endif()
  file(COPY ${SOURCE}/ DESTINATION ${work} PATTERN node_modules EXCLUDE PATTERN dist EXCLUDE)
  file(SHA256 ${work}/package-lock.json lock)
  set(installed "")
  if(EXISTS ${work}/node_modules/.sallyport-lock)
    file(READ ${work}/node_modules/.sallyport-lock installed)
  endif()
  if(NOT installed STREQUAL lock)
    # No scripts of packages run. One retry: without a network the build must not hang for minutes.
    execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --fetch-retries=1
                    WORKING_DIRECTORY ${work} RESULT_VARIABLE failed OUTPUT_FILE ${BUILD}/npm.log ERROR_FILE ${BUILD}/npm.log)
    if(failed)
      set(ABSENCE "npm ci failed when it was built (its words are in npm.log in the build folder)")
    else()
      file(WRITE ${work}/node_modules/.sallyport-lock ${lock})
    endif()
  endif()
endif()
if(NOT ABSENCE)
  execute_process(COMMAND ${NODE} build.mjs ${dist} WORKING_DIRECTORY ${work} RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "proxy/console/build.mjs failed")
  endif()
  if(NOT EXISTS ${dist}/index.html)
    message(FATAL_ERROR "proxy/console/build.mjs made no index.html")
  endif()
endif()
if(ABSENCE)
  message("The console is missing from this build: ${ABSENCE}")
  file(WRITE ${BUILD}/MISSING "${ABSENCE}\n")
endif()

set(type_html "text/html; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_svg "image/svg+xml")
set(type_png "image/png")
set(type_ico "image/x-icon")
set(type_json "application/json")
set(type_webmanifest "application/manifest+json")
set(type_woff2 "font/woff2")
set(type_txt "text/plain; charset=utf-8")

set(rows "")
set(pieces "")
set(at 0)
file(GLOB_RECURSE files RELATIVE ${dist} ${dist}/*)
list(SORT files)
foreach(file ${files})
  string(REGEX MATCH "\\.([a-z0-9]+)$" _ "${file}")
  set(type "${type_${CMAKE_MATCH_1}}")
  if(NOT type)
    message(FATAL_ERROR "the console has a file of a type that is not known: ${file} (cmake/build_console.cmake)")
  endif()
  set(packed ${BUILD}/packed.gz)
  execute_process(COMMAND gzip -9nc ${dist}/${file} OUTPUT_FILE ${packed}.${at} COMMAND_ERROR_IS_FATAL ANY)
  file(SIZE ${dist}/${file} size)
  file(SIZE ${packed}.${at} packed_size)
  file(SHA256 ${dist}/${file} hash)
  string(SUBSTRING ${hash} 0 24 hash)
  math(EXPR packed_at "${at} + ${size}")
  string(APPEND rows
    "    {\"${file}\", at(${at}, ${size}), at(${packed_at}, ${packed_size}), \"${hash}\", \"${type}\"},\n")
  list(APPEND pieces ${dist}/${file} ${packed}.${at})
  math(EXPR at "${packed_at} + ${packed_size}")
endforeach()
if(pieces)
  execute_process(COMMAND cat ${pieces} OUTPUT_FILE ${BUILD}/console.blob COMMAND_ERROR_IS_FATAL ANY)
  file(GLOB packed ${BUILD}/packed.gz.*)
  file(REMOVE ${packed})
else()
  file(WRITE ${BUILD}/console.blob "")
endif()
string(REPLACE "\"" "'" ABSENCE "${ABSENCE}")
file(WRITE ${BUILD}/console_assets.cc
"// Made by cmake/build_console.cmake.

#include \"proxy/admin/console_assets.h\"

extern \"C\" const char sallyport_console_blob[];

namespace sallyport::admin {

namespace {

[[maybe_unused]] std::string_view at(std::size_t begin, std::size_t size) {
  return {sallyport_console_blob + begin, size};
}

}  // namespace

std::span<const ConsoleAsset> console_assets() {
  static const std::vector<ConsoleAsset> kAssets = {
${rows}  };
  return kAssets;
}

std::string_view console_absence() { return \"${ABSENCE}\"; }

}  // namespace sallyport::admin
")

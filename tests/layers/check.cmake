cmake_policy(SET CMP0057 NEW)

# Every #include "..." of a module names a file of that module or of one that its row in CMakeLists.txt
# names; a third-party library is included only at home. Tests and fuzz targets may look everywhere.
#
#   cmake -DROOT=... -DLAYERS=build/dev/layers.txt -P check.cmake

set(wrong "")
file(STRINGS ${LAYERS} rows)
foreach(row ${rows})
  string(REGEX MATCH "^([^:]+):(.*)$" _ "${row}")
  set(module "${CMAKE_MATCH_1}")
  string(STRIP "${CMAKE_MATCH_2}" uses)
  string(REPLACE " " ";" uses "${uses}")
  file(GLOB files ${ROOT}/${module}/*.h ${ROOT}/${module}/*.cc)
  foreach(file ${files})
    if(file MATCHES "_(test|fuzz)\\.cc$")
      continue()
    endif()
    file(RELATIVE_PATH shown ${ROOT} ${file})
    file(STRINGS ${file} includes REGEX "^[ \t]*#[ \t]*include")
    foreach(include ${includes})
      if(include MATCHES "\"([a-z0-9_]+/[a-z0-9_]+)/[^\"]*\"")
        if(NOT CMAKE_MATCH_1 STREQUAL module AND NOT CMAKE_MATCH_1 IN_LIST uses)
          string(APPEND wrong "${shown}: ${include}\n    ${module} may use: ${uses}\n")
        endif()
      endif()
      # One library, one home (ARCHITECTURE.md, absences).
      foreach(home
          "<boost/asio=^(base/io|proxy/app)$"
          "<boost/asio.hpp=^never$" "<boost/beast=^never$" "<iostream>=^never$" "<regex>=^never$"
          "<nghttp2/=^proxy/http2$"
          "<openssl/=^(tls/.*|base/crypto)$"
          "<maxminddb=^never$"
          "<yaml-cpp/=^base/yaml$" "<libpsl=^discovery/catalog$" "<sqlite3=^discovery/store$" "<nghttp2/=^proxy/http2$"
          "<CLI/=^proxy/cli$" "<re2/=^(discovery/agent|policy/eval)$" "<date/=^base/core$"
          "<zlib.h=^(base/websocket|discovery/(signatures|files|imports))$"
          "<zstd.h=^discovery/(store|files|imports)$" "<qrencode.h=^proxy/portal$"
          "<ldap.h=^discovery/directory$" "<curl/=^proxy/delivery$")
        string(REGEX MATCH "^(.*)=(.*)$" _ "${home}")
        set(prefix "${CMAKE_MATCH_1}")
        set(allowed "${CMAKE_MATCH_2}")
        string(FIND "${include}" "${prefix}" at)
        if(NOT at EQUAL -1 AND NOT module MATCHES "${allowed}")
          string(APPEND wrong "${shown}: ${include}\n    belongs in ${allowed}\n")
        endif()
      endforeach()
    endforeach()
  endforeach()
endforeach()
if(wrong)
  message(FATAL_ERROR "includes against the order of CMakeLists.txt:\n${wrong}")
endif()

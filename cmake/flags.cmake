# Compiler settings for every target, in one place.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${CCACHE})
endif()

add_library(sallyport_flags INTERFACE)
target_include_directories(sallyport_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(sallyport_flags INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wformat=2 -Werror -Wno-missing-field-initializers
  -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of g++ 12: coroutine frames and inlined std::string.
  target_compile_options(sallyport_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict
                         -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds -Wno-mismatched-new-delete -fpch-preprocess)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # libstdc++ 12 uses std::get_temporary_buffer, which C++17 deprecated, inside its own algorithms.
  # And macros of OpenSSL cast const away, which g++ does not tell of a system's headers.
  target_compile_options(sallyport_flags INTERFACE -Wno-deprecated-declarations -Wno-cast-qual)
endif()
target_compile_definitions(sallyport_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE
  $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
target_compile_options(sallyport_flags INTERFACE -fstack-protector-strong)
target_link_options(sallyport_flags INTERFACE -Wl,-z,relro,-z,now)

if(SALLYPORT_SANITIZE)
  target_compile_options(sallyport_flags INTERFACE -fsanitize=${SALLYPORT_SANITIZE}
                         -fno-sanitize-recover=all -U_FORTIFY_SOURCE)
  target_link_options(sallyport_flags INTERFACE -fsanitize=${SALLYPORT_SANITIZE})
  # Asked at each use of a pointer: without these four one large unit compiled in 28 s instead of 45. Null and freed
  # pointers are told by the address sanitizer anyhow; the other two by ./test --full, and where programs are fuzzed.
  option(SALLYPORT_POINTER_CHECKS "The checks of UndefinedBehaviorSanitizer at each use of a pointer" OFF)
  if(SALLYPORT_SANITIZE MATCHES "undefined" AND NOT SALLYPORT_POINTER_CHECKS AND NOT SALLYPORT_FUZZ)
    target_compile_options(sallyport_flags INTERFACE -fno-sanitize=null,alignment,object-size,vptr)
  endif()
  if(SALLYPORT_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(sallyport_flags INTERFACE -Wno-tsan)  # Asio's fences, beside its mutexes.
  endif()
endif()

if(SALLYPORT_FUZZ)
  target_compile_options(sallyport_flags INTERFACE -fsanitize=fuzzer-no-link -fno-sanitize=function)
endif()

find_program(LLD ld.lld)
if(LLD)
  target_link_options(sallyport_flags INTERFACE -fuse-ld=lld)
endif()

# Two precompiled headers, shared by all modules (house.md section 7): std, and std with Asio's task type.
set(PCH_STD <algorithm> <array> <chrono> <cstdint> <cstring> <deque> <expected> <functional> <map>
            <memory> <optional> <set> <span> <string> <string_view> <unordered_map> <utility> <variant>
            <vector>)
add_library(pch_std OBJECT cmake/pch.cc)
target_link_libraries(pch_std PRIVATE sallyport_flags)
target_precompile_headers(pch_std PRIVATE ${PCH_STD})

add_library(pch_asio OBJECT cmake/pch.cc)
target_link_libraries(pch_asio PRIVATE sallyport_flags)
target_precompile_headers(pch_asio PRIVATE ${PCH_STD} <boost/asio/awaitable.hpp> <boost/asio/io_context.hpp>)

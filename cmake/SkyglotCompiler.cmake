# SPDX-License-Identifier: Apache-2.0
# Language level, warnings, sanitizers and the compiler cache, the same for every room.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

find_program(SKYGLOT_CCACHE ccache)
if(SKYGLOT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # It knows what a file depends on from the compiler, and need not preprocess it first.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_DEPEND=1 "${SKYGLOT_CCACHE}")
endif()

add_library(skyglot_warnings INTERFACE)
target_compile_options(skyglot_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-psabi
  # GCC 12 sees overlapping copies in std::string that are not there (GCC bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  # In a unity build every file but one counts as a header.
  $<$<BOOL:${CMAKE_UNITY_BUILD}>:-Wno-subobject-linkage>
  $<$<BOOL:${SKYGLOT_WERROR}>:-Werror>)

# A product and a sum are rounded apart, as written: the same bytes from every compiler and processor
# (GCC fuses them by default where the processor can, on ARM always). Kernels that may fuse say so.
add_compile_options(-ffp-contract=off)

if(SKYGLOT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(SKYGLOT_SANITIZE)
  add_compile_options(-fsanitize=${SKYGLOT_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SKYGLOT_SANITIZE})
endif()

# SPDX-License-Identifier: Apache-2.0
# skyglot_room(NAME [NOT_INSTALLED] [LIGHT] SOURCES ... [TESTS ...] [USES room...] [LINKS target...] [PRIVATE_LINKS target...])
# makes the library skyglot_NAME (alias skyglot::NAME) and, from TESTS, the program NAME_test.
# USES names rooms of ours, LINKS libraries that appear in the room's headers, PRIVATE_LINKS the rest.
# A room that is NOT_INSTALLED belongs to the programs only. One that is LIGHT talks more than it computes: it costs
# longer to compile than it ever runs, so a release build optimises it less.
function(skyglot_room name)
  cmake_parse_arguments(ROOM "NOT_INSTALLED;LIGHT" "" "SOURCES;TESTS;USES;LINKS;PRIVATE_LINKS" ${ARGN})
  set(target skyglot_${name})
  add_library(${target} STATIC ${ROOM_SOURCES})
  add_library(skyglot::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/skyglot>)
  foreach(room IN LISTS ROOM_USES)
    target_link_libraries(${target} PUBLIC skyglot_${room})
  endforeach()
  target_link_libraries(${target} PUBLIC ${ROOM_LINKS} PRIVATE ${ROOM_PRIVATE_LINKS}
    $<BUILD_INTERFACE:skyglot_warnings>)
  if(ROOM_LIGHT)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  if(NOT ROOM_NOT_INSTALLED)
    set_property(GLOBAL APPEND PROPERTY SKYGLOT_ROOMS ${target})
    set_property(GLOBAL APPEND PROPERTY SKYGLOT_PUBLIC_FOLDERS ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  if(SKYGLOT_TESTS AND ROOM_TESTS)
    skyglot_test(${name}_test SOURCES ${ROOM_TESTS} LINKS ${target})
  endif()
endfunction()

# skyglot_test(NAME SOURCES ... LINKS ...): one GoogleTest program, every test known to ctest.
function(skyglot_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES} "${PROJECT_SOURCE_DIR}/tests/support/main.cpp")
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  target_link_libraries(${name} PRIVATE ${TEST_LINKS} GTest::gmock GTest::gtest
    skyglot_warnings)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(${name} PRIVATE
    SKYGLOT_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    SKYGLOT_BINARY="${PROJECT_BINARY_DIR}/bin/skyglot")
  include(GoogleTest)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES PROPERTIES TIMEOUT 600)
endfunction()

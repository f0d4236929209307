# SPDX-License-Identifier: Apache-2.0
# libtorch as SkyglotTorch::torch, from wherever its headers and libraries lie: Debian's package, the zip of
# pytorch.org, or the folder `torch` of a Python installation. Its own CMake files are not asked, for those
# of a wheel want a CUDA toolkit even where nothing is built for CUDA.
#   -DSKYGLOT_TORCH=FOLDER   the folder with include/ and lib/; or CMAKE_PREFIX_PATH. Default: the system's.
set(SKYGLOT_TORCH "" CACHE PATH "Folder of libtorch (with include/ and lib/), e.g. of a Python wheel")
set(hints "${SKYGLOT_TORCH}")
# torch.utils.cmake_prefix_path is torch/share/cmake.
foreach(prefix IN LISTS CMAKE_PREFIX_PATH)
  list(APPEND hints "${prefix}" "${prefix}/../..")
endforeach()

find_path(SkyglotTorch_INCLUDE_DIR torch/csrc/api/include/torch/torch.h
  HINTS ${hints} PATH_SUFFIXES include)
get_filename_component(root "${SkyglotTorch_INCLUDE_DIR}" DIRECTORY)
# Headers and libraries of two versions do not fit together: beside the headers, or the system's.
set(where HINTS "${root}/lib")
if(NOT root STREQUAL "/usr")
  list(APPEND where NO_DEFAULT_PATH)
endif()
foreach(library IN ITEMS torch torch_cpu c10 torch_cuda c10_cuda)
  find_library(SkyglotTorch_${library}_LIBRARY ${library} ${where})
  mark_as_advanced(SkyglotTorch_${library}_LIBRARY)
endforeach()

foreach(header IN ITEMS torch/csrc/api/include/torch/version.h torch/headeronly/version.h)
  if(EXISTS "${SkyglotTorch_INCLUDE_DIR}/${header}" AND NOT SkyglotTorch_VERSION)
    file(STRINGS "${SkyglotTorch_INCLUDE_DIR}/${header}" lines
      REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
    string(REGEX REPLACE "[^0-9;]" "" SkyglotTorch_VERSION "${lines}")
    string(REPLACE ";" "." SkyglotTorch_VERSION "${SkyglotTorch_VERSION}")
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SkyglotTorch
  REQUIRED_VARS SkyglotTorch_torch_LIBRARY SkyglotTorch_torch_cpu_LIBRARY SkyglotTorch_c10_LIBRARY
    SkyglotTorch_INCLUDE_DIR
  VERSION_VAR SkyglotTorch_VERSION
  REASON_FAILURE_MESSAGE "Install libtorch-dev, or name another libtorch by -DSKYGLOT_TORCH=FOLDER.")

if(SkyglotTorch_FOUND AND NOT TARGET SkyglotTorch::torch)
  set(include "${SkyglotTorch_INCLUDE_DIR}")
  if(NOT include STREQUAL "/usr/include")
    # Beside its own headers a wheel carries those of other libraries, whose versions would hide the system's
    # (fmt's does not even link). So only its own are shown.
    set(include "${CMAKE_BINARY_DIR}/torch-include")
    file(MAKE_DIRECTORY "${include}")
    foreach(folder IN ITEMS ATen c10 caffe2 torch)
      if(EXISTS "${SkyglotTorch_INCLUDE_DIR}/${folder}")
        file(REMOVE "${include}/${folder}")
        file(CREATE_LINK "${SkyglotTorch_INCLUDE_DIR}/${folder}" "${include}/${folder}" SYMBOLIC)
      endif()
    endforeach()
    # Of two OpenMP libraries of one name the one beside libtorch is loaded, so that is the one to link.
    if(EXISTS "${root}/lib/libgomp.so.1")
      set(OpenMP_gomp_LIBRARY "${root}/lib/libgomp.so.1" CACHE FILEPATH "OpenMP of libtorch")
    endif()
    # What the libraries need in turn (CUDA) they find themselves.
    set(link_options -Wl,--allow-shlib-undefined)
    # The programs find these libraries again after installation.
    set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
  endif()
  set(libraries "${SkyglotTorch_torch_LIBRARY}" "${SkyglotTorch_torch_cpu_LIBRARY}"
    "${SkyglotTorch_c10_LIBRARY}")
  if(SkyglotTorch_torch_cuda_LIBRARY)
    # Nothing names its symbols: it is loaded so that it can announce itself.
    list(APPEND libraries -Wl,--no-as-needed "${SkyglotTorch_torch_cuda_LIBRARY}" -Wl,--as-needed)
    if(SkyglotTorch_c10_cuda_LIBRARY)
      list(APPEND libraries "${SkyglotTorch_c10_cuda_LIBRARY}")
    endif()
  endif()
  add_library(SkyglotTorch::torch INTERFACE IMPORTED)
  set_target_properties(SkyglotTorch::torch PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${include};${include}/torch/csrc/api/include"
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${include};${include}/torch/csrc/api/include"
    INTERFACE_COMPILE_DEFINITIONS "USE_DISTRIBUTED;USE_C10D_GLOO"
    INTERFACE_LINK_OPTIONS "${link_options}"
    INTERFACE_LINK_LIBRARIES "${libraries}")
endif()

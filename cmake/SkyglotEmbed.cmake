# SPDX-License-Identifier: Apache-2.0
# skyglot_embed(TARGET FOLDER file...) builds the files of FOLDER into TARGET, so that the binary
# works alone. They are reached through embedded_files() of base/resource.hpp.
function(skyglot_embed target folder)
  set(assembly ".section .rodata\n")
  set(table "")
  set(declarations "")
  set(index 0)
  set(paths "")
  foreach(file IN LISTS ARGN)
    set(path "${folder}/${file}")
    list(APPEND paths "${path}")
    string(APPEND assembly
      ".global skyglot_file_${index}\n.global skyglot_file_${index}_end\n"
      "skyglot_file_${index}:\n.incbin \"${path}\"\nskyglot_file_${index}_end:\n.byte 0\n")
    string(APPEND declarations
      "extern const char skyglot_file_${index}[];\nextern const char skyglot_file_${index}_end[];\n")
    string(APPEND table
      "    {\"${file}\", {skyglot_file_${index}, static_cast<std::size_t>(skyglot_file_${index}_end - skyglot_file_${index})}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND assembly ".section .note.GNU-stack,\"\",%progbits\n")
  set(dir "${CMAKE_CURRENT_BINARY_DIR}")
  file(CONFIGURE OUTPUT "${dir}/embedded_files.S" CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT "${dir}/embedded_files.cpp" CONTENT
"#include \"base/resource.hpp\"
#include <array>
#include <cstddef>
extern \"C\" {
${declarations}}
namespace skyglot {
std::span<const EmbeddedFile> embedded_files() {
  static const std::array<EmbeddedFile, ${index}> files{{
${table}  }};
  return files;
}
}  // namespace skyglot
" @ONLY)
  set_source_files_properties("${dir}/embedded_files.S" PROPERTIES OBJECT_DEPENDS "${paths}")
  target_sources(${target} PRIVATE "${dir}/embedded_files.S" "${dir}/embedded_files.cpp")
endfunction()

// SPDX-License-Identifier: Apache-2.0
#include "eval/confusion_file.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/strings.hpp"
#include "eval/confusion_svg.hpp"

namespace skyglot {
namespace {

std::string confusion_kind(const std::filesystem::path& path) {
  return to_lower(path.extension().string());
}

}  // namespace

void require_confusion_name(const std::filesystem::path& path) {
  const std::string kind = confusion_kind(path);
  if (!path.empty() && kind != ".csv" && kind != ".svg" && kind != ".txt")
    fail(ErrorKind::usage, "--confusion {}: name a .csv, .svg or .txt", path.string());
}

void write_confusion(const std::filesystem::path& path, const ConfusionMatrix& matrix,
                     const std::string& title) {
  const std::string kind = confusion_kind(path);
  if (kind == ".csv")
    write_file_atomically(path, confusion_csv(matrix));
  else if (kind == ".svg")
    write_file_atomically(path, confusion_svg(matrix, title));
  else
    write_file_atomically(path, confusion_text(matrix, matrix.classes() * matrix.classes()));
}

}  // namespace skyglot

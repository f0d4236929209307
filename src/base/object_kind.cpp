// SPDX-License-Identifier: Apache-2.0
#include "base/object_kind.hpp"

#include "base/error.hpp"

namespace skyglot {

ObjectKind kind_of_name(std::string_view letter) {
  for (const ObjectKind kind : {ObjectKind::node, ObjectKind::way, ObjectKind::area})
    if (letter.size() == 1 && letter[0] == static_cast<char>(kind)) return kind;
  fail(ErrorKind::format, "\"{}\" is no kind of object; it is one of n, w, a", letter);
}

}  // namespace skyglot

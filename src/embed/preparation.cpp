// SPDX-License-Identifier: Apache-2.0
#include "embed/embed.hpp"

// SPDX-License-Identifier: Apache-2.0
// Places to play with their painted lines, and other small figures several builders share.
#pragma once

#include "simulate/sketch.hpp"

namespace skyglot::simulate {

void soccer_pitch(Sketch& draw, const Frame& at, double half_u, double half_v);
void tennis_court(Sketch& draw, const Frame& at);
void basketball_court(Sketch& draw, const Frame& at);
void baseball_field(Sketch& draw, const Frame& at, double size);
/// A track of eight lanes around a soccer pitch; 88 x 46 m from the middle.
void running_track(Sketch& draw, const Frame& at);
void playground(Sketch& draw, const Frame& at, double half_u, double half_v);
void fountain(Sketch& draw, Point at, double radius_m);
void helipad(Sketch& draw, Point at);

}  // namespace skyglot::simulate

#pragma once
// How the threads of the gateway share processors that are scarce: traffic goes first. Wishes to
// the kernel about the calling thread; where one is not granted everything works, only later.

#include <string>

namespace sallyport::io {

// For a thread that carries traffic: it works for microseconds and then waits. When it wakes,
// whoever computes on its processor makes room at once and not after a slice of three milliseconds.
// From Linux 6.12 on; CFS before 6.6 does nearly that by itself.
void ask_for_short_turns();

// For a thread that computes for long and for nobody who waits: of threads that want to run, it
// gets about a third of another's share. Not SCHED_IDLE: on a busy machine that one would never
// end.
void give_way();

// What `top` and `perf` call the calling thread; cut to 15 bytes.
void name_thread(const std::string& name);

}  // namespace sallyport::io

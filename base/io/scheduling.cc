#include "base/io/scheduling.h"

#include <cstdint>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sallyport::io {
namespace {

// sched_setattr(2), SCHED_ATTR_SIZE_VER0; the C library of Debian 12 has no name for it.
struct SchedulingAttributes {
  std::uint32_t size;
  std::uint32_t policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime;  // of SCHED_OTHER: the slice asked for
  std::uint64_t deadline;
  std::uint64_t period;
};
static_assert(sizeof(SchedulingAttributes) == 48);

constexpr std::uint64_t kShortest = 100'000;  // ns; the kernel grants no less
constexpr int kNice = 5;

}  // namespace

void ask_for_short_turns() {
  SchedulingAttributes wish{};
  // What was given to us from outside, the nice value above all, stays.
  if (::syscall(SYS_sched_getattr, 0, &wish, sizeof wish, 0U) != 0) return;
  if (wish.policy != SCHED_OTHER) return;  // somebody knows better
  wish.size = sizeof wish;
  wish.flags = 0;
  wish.runtime = kShortest;
  ::syscall(SYS_sched_setattr, 0, &wish, 0U);
}

// Linux keeps the nice value per thread.
void give_way() { ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice); }

void name_thread(const std::string& name) {
  ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
}

}  // namespace sallyport::io

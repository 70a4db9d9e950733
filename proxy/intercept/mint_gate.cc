#include "proxy/intercept/mint_gate.h"

#include <algorithm>

#include "base/core/check.h"
#include "base/io/deadline.h"
#include "base/io/signal.h"

namespace sallyport::intercept {

Task<bool> MintGate::enter(std::uint32_t per_second, io::Nursery& scope) {
  CHECK(per_second > 0);
  const auto now = worker_.clock().steady();
  paid_ = std::max(paid_, now);
  const auto wait = paid_ - now - kBurst;
  if (wait > kMostWait) {
    worker_.metrics().add(Metric::leaf_mint_refused_total);
    co_return false;
  }
  paid_ += std::chrono::nanoseconds(std::chrono::seconds(1)) / per_second;
  if (wait.count() <= 0) co_return true;
  worker_.metrics().add(Metric::leaf_mint_delayed_total);
  io::Signal turn;
  const io::Nursery::OnCancel give_up(scope, [&turn] { turn.notify(); });
  io::Deadline due(worker_.deadlines(), [&turn] { turn.notify(); });
  due.set(std::chrono::ceil<std::chrono::milliseconds>(wait));
  co_await turn.wait();
  co_return !scope.cancelled();
}

}  // namespace sallyport::intercept

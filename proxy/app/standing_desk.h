#pragma once
// Where answers become grants and users are suspended: what is taken is kept (standing_book.h) and
// in force on every worker when the task ends. Requests that began before see it at their next
// decision.
//
// Thread rule: the desk's, but for grant_from().

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/core/clock.h"
#include "base/io/task.h"
#include "base/io/worker.h"
#include "proxy/app/standing_book.h"

namespace sallyport::app {

// An answer that somebody gave.
struct GrantWish {
  policy::Grant grant;  // as policy::grant_wanted() gives it
  std::chrono::seconds lasts{0};
  std::string reason;  // "" where none is wanted
  std::string who;     // who gave it: mostly the user
};

class StandingDesk {
 public:
  using Refusal = StandingBook::Refusal;
  using Granted = std::expected<policy::Grant, Refusal>;
  // Ends once every worker has it.
  using Publish = std::function<Task<void>(std::shared_ptr<const policy::Standing>)>;
  // Starts a task on the desk; false where nothing is started any more.
  using Start = std::function<bool(Task<void>)>;

  // All outlive it; `book` has loaded.
  StandingDesk(StandingBook& book, io::Worker& desk, Publish publish, Start start)
      : book_(book), desk_(desk), publish_(std::move(publish)), start_(std::move(start)) {}

  Task<Granted> grant(GrantWish wish);
  // The same from a worker: it waits on `from`, whose thread calls this. Also `from` has it then.
  Task<Granted> grant_from(io::Worker& from, GrantWish wish);
  Task<std::optional<Refusal>> revoke(Ulid id, std::string who);
  Task<std::expected<policy::Suspension, Refusal>> suspend(policy::Suspension wanted,
                                                           std::string reason, std::string who);
  Task<std::expected<std::size_t, Refusal>> unsuspend(
      std::string user, std::optional<policy::Suspension::Reach> reach, std::string app,
      policy::Action action, std::string who);
  // Lets go of what has ended.
  Task<void> look_after();

  const StandingBook& book() const { return book_; }
  Time now() const { return desk_.clock().now(); }

 private:
  struct Asked;
  Task<void> answer(std::shared_ptr<Asked> asked);

  StandingBook& book_;
  io::Worker& desk_;
  Publish publish_;
  Start start_;
};

}  // namespace sallyport::app

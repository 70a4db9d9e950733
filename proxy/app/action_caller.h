#pragma once
// Makes the calls of webhook actions. Those of one action are made one after the other, in the
// order in which they were asked for, on a thread of its own that waits for its receiver; so a slow
// receiver keeps no other waiting, nor the desk.
//
// What is not taken is tried again as alerts are (back_off.h), each call by itself, until
// give_up_after has passed since it was asked for; what is refused has failed at once. The result
// is in the book, and so in the governance log.
//
// Thread rule: the desk's. close() and the end of run() before it ends.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/io/nursery.h"
#include "base/io/pool.h"
#include "base/io/signal.h"
#include "base/io/worker.h"
#include "discovery/users/name_cipher.h"
#include "proxy/app/action_book.h"
#include "proxy/app/config_actions.h"
#include "proxy/delivery/back_off.h"
#include "proxy/delivery/carrier.h"
#include "proxy/delivery/curl_session.h"

namespace sallyport::app {

class ActionCaller {
 public:
  // All outlive it; `book` has loaded. `gateway`: gateway.name.
  // `names`: users are known by pseudonyms, and requests of actions with `real_names` name them;
  // null: by names.
  ActionCaller(ActionBook& book, io::Worker& desk, std::string gateway,
               std::shared_ptr<const discovery::NameCipher> names = nullptr);

  // Now, and after each reload. REQUIRES: a receiver, with its secret, for each action.
  void set(std::vector<ActionConfig> actions, std::vector<delivery::ReceiverOptions> receivers);

  // Until close().
  Task<void> run();
  void close();

  // Asks for a call; it is made soon.
  std::expected<const ActionBook::Kept*, ActionBook::Refusal> call(delivery::ActionCall wanted);

  // It is in the book as one that failed, and is not made.
  void leave_out(delivery::ActionCall wanted, std::string why);

  const std::vector<ActionConfig>& actions() const { return actions_; }
  const ActionBook& book() const { return book_; }

 private:
  struct Waiting {
    delivery::BackOff back_off;
    std::chrono::steady_clock::time_point next;
  };
  // Where the calls of one action are made.
  struct Line {
    delivery::CurlSession session;
    io::WorkPool thread{1, 1, "action"};
    bool is_busy = false;
  };
  Line& line_of(const std::string& action);
  // The first that is due and whose line is free; null: none. `wait`: how long until one may be.
  const ActionBook::Kept* due(std::chrono::milliseconds& wait);
  Task<void> attempt(std::string id, Line& line);
  Task<void> make(const std::string& id, Line& line);
  Task<void> rest(std::chrono::milliseconds delay);
  void settle(const std::string& id, const delivery::ReceiverOptions* receiver,
              delivery::Outcome outcome);

  ActionBook& book_;
  io::Worker& desk_;
  const std::string gateway_;
  const std::shared_ptr<const discovery::NameCipher> names_;
  std::vector<ActionConfig> actions_;
  std::vector<delivery::ReceiverOptions> receivers_;  // of them
  std::map<std::string, Waiting> waiting_;            // by call
  io::Signal wake_;
  bool closed_ = false;
  std::map<std::string, std::unique_ptr<Line>> lines_;  // by action
  io::Nursery attempts_;
};

}  // namespace sallyport::app

#pragma once
// How alerts get to one receiver: by webhook, mail or syslog. What becomes of those that do not get
// there is the courier's (courier.h).

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/io/task.h"
#include "discovery/alerts/alert.h"
#include "proxy/delivery/receiver_options.h"

namespace sallyport::delivery {

struct Outcome {
  enum class Kind : std::uint8_t {
    delivered,
    later,    // it is away, slow, overloaded, or lies: another try may work
    refused,  // it will not take these, as they are or from us
  };
  Kind kind = Kind::later;
  std::string what;                                // for the operator; as the wire had it
  std::optional<std::chrono::milliseconds> after;  // not before then, says the receiver
};

class Carrier {
 public:
  virtual ~Carrier() = default;

  // How many alerts one carry() takes at most, where `waiting` of them wait.
  virtual std::size_t most(std::size_t waiting) const = 0;
  // Brings all of them, or says why not. One at a time. REQUIRES: 1 to most() alerts.
  virtual Task<Outcome> carry(std::span<const discovery::Alert> alerts, bool test) = 0;
  // What is under way ends soon; whatever comes ends at once.
  virtual void abandon() = 0;
  // Lets go of what it keeps for the next carry(). Once, at the end, when nothing is under way.
  virtual Task<void> close() = 0;
};

// What carriers stand on. Outlives them.
struct CarrierParts {
  exporting::SyslogCarriers syslog;  // its worker is where carriers live
  std::string gateway;               // gateway.name
};

// `options` outlives the carrier.
std::unique_ptr<Carrier> make_carrier(const ReceiverOptions& options, const CarrierParts& parts);

// Of a webhook's answer: 2xx is delivered; 408, 425, 429, 5xx and no whole head are for later; all
// others, redirects among them, refuse.
Outcome::Kind judge_status(int status);

}  // namespace sallyport::delivery

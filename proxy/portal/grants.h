#pragma once
// What the portal asks of the rest of the gateway: that an answer counts. Implemented above, over
// the thread that owns grants, second factors and the operators' queue.
//
// Every call may wait; each may come from any worker, and what it is given lives until it returns.
// An answer that comes back without an error is
// kept, so that it survives a restart, and known to every worker: the person is sent back to the
// app right after it.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "base/io/task.h"
#include "proxy/portal/ticket.h"

namespace sallyport::portal {

// Somebody may go on. For how long and with what is the policy's to say, which is named.
struct Grant {
  TicketKind kind = TicketKind::coach;  // coach, justify, step_up or notice
  std::string user;
  std::string client;
  IpAddress address;
  std::string app;
  std::string host;
  std::string policy;
  std::string event;   // that led to it
  std::string reason;  // justify
  std::string factor;  // step_up: "totp", or the issuer of the provider
  Time at{};
};

struct AccessRequest {
  std::string user;
  std::string client;
  IpAddress address;
  std::string app;
  std::string host;
  std::string policy;
  std::string event;
  std::string reason;
  Time at{};  // when it was asked; find_access(): when the person was blocked
};

// What operators made of it.
struct AccessAnswer {
  enum class State : std::uint8_t { none, waiting, granted, refused };
  State state = State::none;
  std::string say;  // to the person, where it was refused
  Time at{};        // when it was answered; while it waits, asked
  Time until{};     // granted
};

// What somebody said, where it lets nothing through: that they went back, or who it was.
enum class Said : std::uint8_t { went_back, yes, mistake, no };
std::string_view to_string(Said said);

struct Answer {
  TicketKind kind = TicketKind::ask_user;  // or coach
  Said said = Said::yes;
  std::string user;
  std::string client;
  std::string app;
  std::string host;
  std::string policy;
  std::string event;
  std::string question;  // ask_user: its id
  Time at{};
};

class Grants {
 public:
  virtual ~Grants() = default;
  // The one name by which the person is known here who has `name` (a UPN, a mail address, DOMAIN\ana);
  // "" where it is no name.
  virtual std::string person(std::string_view name) const = 0;
  virtual Task<Result<void>> grant(const Grant& grant) = 0;
  // ErrorKind::limit where the queue is full; one that asks the same again is no second one.
  virtual Task<Result<void>> request_access(const AccessRequest& request) = 0;
  // What came of it, where the same person asked for the same before. Its reason does not count.
  virtual Task<Result<AccessAnswer>> find_access(const AccessRequest& request) = 0;
  // ErrorKind::not_found where the question waits no more.
  virtual Task<Result<void>> keep(const Answer& answer) = 0;
};

enum class CodeCheck : std::uint8_t { right, wrong, used, held_up, not_enrolled };

// Authenticator apps of people (FactorBook does the looking).
class SecondFactors {
 public:
  struct State {
    bool enrolled = false;
    // Whether somebody who has none may set one up by themselves; asked only where there is no
    // provider to sign in with.
    bool may_enrol = false;
  };
  virtual ~SecondFactors() = default;
  virtual Task<Result<State>> find(std::string_view user) = 0;
  virtual Task<Result<CodeCheck>> check(std::string_view user, std::string_view code, Time now) = 0;
  // `secret` are the raw bytes; `code` proves that the app has them. Refused (not_enrolled) where
  // the user has a factor already or may not have one.
  virtual Task<Result<CodeCheck>> enrol(std::string_view user, std::string_view secret,
                                        std::string_view code, Time now) = 0;
};

// The organisation's provider (oidc.h). Null where there is none.
class SignIn {
 public:
  virtual ~SignIn() = default;
  // Where the person signs in; `sealed` is the ticket that comes back as `state`.
  virtual Task<Result<std::string>> begin(std::string_view sealed) = 0;
  // Whose the code is: the user name that the provider's claim says. An error of Side::origin where
  // the provider or its token is not to be believed.
  virtual Task<Result<std::string>> finish(std::string_view sealed, std::string_view code,
                                           Time now) = 0;
  virtual std::string issuer() const = 0;
};

}  // namespace sallyport::portal

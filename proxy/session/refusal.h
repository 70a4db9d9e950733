#pragma once
// What is answered in place of an origin, and how it is recorded. Pure.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/core/error.h"
#include "discovery/events/event.h"
#include "policy/eval/verdict.h"
#include "proxy/local/page.h"
#include "tls/verify/report.h"

namespace sallyport::session {

// Why an exchange is answered by us before its walk begins: decided at connect, or the origin
// cannot be reached. Every exchange of such a connection gets it.
struct Refusal {
  local::PageKind kind = local::PageKind::blocked;
  int status = 0;  // 0: the kind's own
  discovery::Ending ending = discovery::Ending::blocked;
  policy::Verdict verdict;
  std::optional<local::Word> reason;     // for the person
  std::size_t number = 0;                // what {most} is in it
  std::vector<local::Word> faults;       // for the person
  std::vector<std::string> fault_words;  // of the origin's certificate, as certificate.fault
  std::string error;                     // for the administrator
  std::string question;                  // id of the operators' question that is shown instead
  std::string challenge;                 // Proxy-Authenticate, with auth_required
  std::chrono::seconds retry_after{0};   // Retry-After; 0: none
};

Refusal blocked_by(const policy::Verdict& verdict);

// For a head or body of a client that cannot be passed on; `status` is the codec's.
Refusal refusal_of_request(const Error& error, int status);

// The page for an origin that failed, and what to tell of it.
Refusal refusal_for(const Error& error, const tls::Report* report);

}  // namespace sallyport::session

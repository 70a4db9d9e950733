#pragma once
// The home of libcurl: one POST, or one mail by SMTP, at a time, over a connection that is kept for
// the next. It waits for the answer, so it runs on a thread of its owner's, never on a worker.
//
// Whatever the other side does is bounded: no redirect is followed, no other protocol spoken, no
// proxy of the environment, .netrc or cookie used; heads are at most 64 KiB in all, of a body 1 KiB
// is kept and reading ends at 64 KiB; the whole ends after `timeout`.
//
// INVARIANT: with TLS nothing is sent to who cannot prove the name of the URL by the given roots.
// Thread rule: one call at a time, from any thread.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/delivery/receiver_options.h"

namespace sallyport::delivery {

struct HttpPost {
  const std::string& url;
  const std::vector<std::string>& fields;  // "Name: value"
  const std::string& body;
  const Roots& roots;
  std::chrono::milliseconds timeout;
};

struct SmtpMail {
  const MailOptions& options;
  const std::string& hello;    // what EHLO says
  const std::string& message;  // RFC 5322, lines end with CR LF
  std::chrono::milliseconds timeout;
};

struct CurlAnswer {
  // HTTP: the status of a head that came whole. SMTP: the code of the last reply, and 250 where the
  // mail was taken. 0: there was none.
  int status = 0;
  bool taken = false;  // SMTP: the server took the mail
  // SMTP: a 5xx to sender, recipients or text: it is this mail that the server does not take.
  bool refused = false;
  std::string text;   // how an HTTP body begins, or the last reply of SMTP; as the wire had it
  std::string error;  // what libcurl says went wrong; "" where nothing did
  std::optional<std::chrono::seconds> retry_after;  // as a number of seconds only
};

class CurlSession {
 public:
  // Once per process before any other thread runs; again is fine.
  static void begin();

  CurlSession();
  ~CurlSession();
  CurlSession(const CurlSession&) = delete;
  CurlSession& operator=(const CurlSession&) = delete;

  CurlAnswer post(const HttpPost& what);
  CurlAnswer send(const SmtpMail& what);

  // Ends what is under way within a second, and makes what comes end at once. From any thread.
  void abandon() { abandoned_ = true; }

 private:
  struct Easy;
  std::unique_ptr<Easy> easy_;
  std::atomic<bool> abandoned_{false};
};

}  // namespace sallyport::delivery

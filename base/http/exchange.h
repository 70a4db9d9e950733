#pragma once
// One request of one client, and the right to answer it; and whatever can answer a request. Both
// without a version: HTTP/1 and HTTP/2 codecs implement them, everything above only uses them.

#include <cstdint>
#include <functional>
#include <memory>

#include "base/http/body.h"
#include "base/http/head.h"
#include "base/io/nursery.h"
#include "base/io/task.h"

namespace sallyport::http {

// Takes the 1xx replies that come before the final one (RFC 9110 section 15.2).
class Interim {
 public:
  virtual ~Interim() = default;
  virtual Task<Result<void>> inform(const ReplyHead& head) = 0;
};

struct Reply {
  ReplyHead head;
  std::unique_ptr<Body> body;
};

// Anything that can answer: a server on the network, the block page, the PAC file, the admin API.
class Origin {
 public:
  virtual ~Origin() = default;

  // Comes back with the reply's head, while `body` may still be moving in a task of `nursery`.
  // `request` and `body` must live until the nursery has been joined; `interim` until send()
  // returns. The reply's body ends the work when it is read to its end or destroyed.
  virtual Task<Result<Reply>> send(const RequestHead& request, Body& body, Interim& interim,
                                   io::Nursery& nursery) = 0;
};

// INVARIANT: the request is whole and unambiguous before an Exchange exists.
class Exchange : public Interim {
 public:
  virtual const RequestHead& request() const = 0;
  virtual Body& body() = 0;
  // REQUIRES: not called before. Returns when the last byte was handed to the client's connection,
  // or with the side that failed: Side::origin for an error of `body`, Side::client for one of the
  // client.
  virtual Task<Result<void>> respond(const ReplyHead& head, Body& body) = 0;
  // Whether the first byte of a final reply has been written: after that only cutting off is
  // possible.
  virtual bool responded() const = 0;
  // Bytes that the client's system has taken of all that was sent to it.
  virtual std::uint64_t delivered() const = 0;

  // True once the client has gone away; false where it said more, or watching was stopped. For the
  // time in which nothing is read from it and nothing written: a request without a body that waits
  // for its reply. No read() of the body may follow.
  virtual Task<bool> client_gone() = 0;
  virtual void stop_watching() = 0;

  // Whether the client has gone, by a look that reads nothing: for whoever makes it wait. `half`:
  // also where it will send no more. HTTP/2 has on_abandoned() for that.
  virtual bool client_left(bool half) const {
    static_cast<void>(half);
    return false;
  }

  // Called once where the client gives up this exchange and goes on with others (RST_STREAM), or
  // its connection ends under it; not from within a call of ours. Null takes it back. HTTP/1 has
  // client_gone() alone.
  virtual void on_abandoned(std::function<void()> callback) = 0;
  // Instead of a reply: tells the client that nobody has looked at its request, so that it may send
  // it again (RFC 9113 section 8.7). False where its version cannot say that.
  virtual bool hand_back() { return false; }
  // Ends it abruptly, whatever is under way: what waits for the client ends with an error. With
  // HTTP/1 the connection ends.
  virtual void abort() = 0;
};

}  // namespace sallyport::http

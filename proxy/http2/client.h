#pragma once
// The origin's side of HTTP/2: one connection that many exchanges share.
//
// Kept by shared_ptr by whoever uses it; its loops run in a nursery of the pool's and end with the
// connection. `on_change` tells the pool when it can take no more, or has fallen idle.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/http/exchange.h"
#include "base/io/worker.h"
#include "proxy/http2/link.h"

namespace sallyport::http2 {

class Client : public std::enable_shared_from_this<Client> {
 public:
  Client(io::Worker& worker, std::unique_ptr<io::ByteStream> stream);
  ~Client();

  // Starts its loops, which keep it alive. Once.
  void start(io::Nursery& nursery);

  // Whether another exchange may begin on it now.
  bool usable() const;
  bool idle() const { return link_.open_streams() == 0; }
  bool over() const { return link_.over(); }
  bool goes_away() const { return link_.peer_goes_away() || retired_; }
  // Takes extended CONNECT; known once its settings came.
  bool speaks_websocket() const { return link_.speaks_websocket(); }
  std::uint32_t exchanges() const { return exchanges_; }

  // What became of a request that has no reply.
  struct Attempt {
    bool unprocessed = false;  // the origin has surely not looked at it (RFC 9113 section 8.7)
    bool wants_http1 = false;  // HTTP_1_1_REQUIRED
    bool body_touched = false;
  };
  // As http::Origin::send. REQUIRES: usable().
  Task<Result<http::Reply>> send(const http::RequestHead& request, http::Body& body,
                                 http::Interim& interim, io::Nursery& nursery, Attempt& attempt);

  void on_change(std::function<void()> callback) {
    on_change_ =
        callback ? std::make_shared<const std::function<void()>>(std::move(callback)) : nullptr;
  }
  // Nothing new; ends when its exchanges have.
  void retire();
  void rest() { link_.release(); }
  void abort() { link_.abort(); }

 private:
  class ReplyBody;
  struct Use;  // one stream's place in a send()
  Task<void> run(std::shared_ptr<Client> self);
  Task<void> push(std::shared_ptr<Client> self, std::shared_ptr<Use> use, http::Body& body);
  Task<Result<http::Reply>> receive(const std::shared_ptr<Use>& use, http::Interim& interim,
                                    io::Nursery& nursery);
  void block(Stream& stream, FieldBlock& fields, bool ends);
  void changed();

  io::Worker& worker_;
  std::unique_ptr<io::ByteStream> stream_;
  Link link_;
  std::uint32_t exchanges_ = 0;
  bool retired_ = false;
  std::shared_ptr<const std::function<void()>> on_change_;
};

}  // namespace sallyport::http2

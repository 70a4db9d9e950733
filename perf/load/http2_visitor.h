#pragma once
// HTTP/2 (RFC 9113) by nghttp2, `streams` requests at a time.
//
// nghttp2's callbacks record only: what they hear stands in streams_ and ended_, and talk() acts.

#include <nghttp2/nghttp2.h>
#include <unordered_map>
#include <vector>

#include "perf/load/visitor.h"

namespace sallyport::perf {

class Http2Visitor : public Visitor {
 public:
  using Visitor::Visitor;
  ~Http2Visitor() override { forget(); }

 private:
  struct Stream {
    Clock::time_point began;
    std::string status;
    std::string length;
    std::uint64_t body = 0;
  };
  struct Ended {
    std::int32_t id = 0;
    std::uint32_t error = 0;
  };

  void begin() override;
  void ask_again() override;
  Went talk() override;
  void forget() override;

  void ask(Clock::time_point began);
  Went write();
  Went read();
  Went drain();
  Went finish(const Ended& ended);

  static int on_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t flags, void* self);
  static int on_data(nghttp2_session*, std::uint8_t flags, std::int32_t id,
                     const std::uint8_t* bytes, std::size_t size, void* self);
  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t error, void* self);

  nghttp2_session* session_ = nullptr;
  std::unordered_map<std::int32_t, Stream> streams_;
  std::vector<Ended> ended_;
  std::string out_;
  std::size_t sent_ = 0;
};

}  // namespace sallyport::perf

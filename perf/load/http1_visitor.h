#pragma once
// HTTP/1.1, one request after another.

#include "perf/load/visitor.h"

namespace sallyport::perf {

class Http1Visitor : public Visitor {
 public:
  using Visitor::Visitor;

 private:
  void begin() override;
  void ask_again() override;
  Went talk() override;
  void forget() override {}

  void write_request();
  Went send_request();
  Went receive();
  Went take_head(std::size_t got, std::size_t& from);
  Went finish_reply();

  Clock::time_point began_;
  std::string out_;       // head being sent
  std::size_t sent_ = 0;  // of out_
  std::uint64_t upload_left_ = 0;
  bool receiving_ = false;
  std::string head_;  // of the reply, as far as it came
  std::uint64_t body_left_ = 0;
  bool in_body_ = false;
  bool close_after_ = false;
};

}  // namespace sallyport::perf

#include "perf/load/http1_visitor.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <strings.h>

namespace sallyport::perf {

namespace {

constexpr std::size_t kMostHead = 16 * 1024;  // bytes

const char zeros[kPiece] = {};  // What is uploaded.

// The value of a field, or nothing. Enough for servers that we chose.
std::string_view field(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
       at = head.find("\r\n", at)) {
    at += 2;
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        ::strncasecmp(line.data(), name.data(), name.size()) == 0) {
      std::string_view value = line.substr(name.size() + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      return value;
    }
  }
  return {};
}

}  // namespace

void Http1Visitor::begin() {
  // The first request of a fresh connection is timed from its opening.
  began_ = plan().fresh ? opened_at() : Clock::now();
  write_request();
}

void Http1Visitor::ask_again() {
  began_ = Clock::now();
  write_request();
}

void Http1Visitor::write_request() {
  const bool absolute = plan().way == Way::proxy && !plan().tls;
  const std::string to = authority();
  out_ = plan().method + " " + (absolute ? "http://" + to : "") + plan().path +
         " HTTP/1.1\r\nHost: " + to + "\r\nUser-Agent: sallyport-perf/1\r\nAccept: */*\r\n";
  if (plan().method != "GET") out_ += "Content-Length: " + std::to_string(plan().upload) + "\r\n";
  out_ += "\r\n";
  sent_ = 0;
  upload_left_ = plan().upload;
  receiving_ = false;
  head_.clear();
  in_body_ = false;
  close_after_ = false;
}

Visitor::Went Http1Visitor::talk() { return receiving_ ? receive() : send_request(); }

Visitor::Went Http1Visitor::send_request() {
  if (sent_ < out_.size()) return write_some(out_.data() + sent_, out_.size() - sent_, sent_);
  if (upload_left_ > 0) {
    std::size_t put = 0;
    const Went went = write_some(zeros, std::min<std::uint64_t>(upload_left_, kPiece), put);
    upload_left_ -= put;
    shared().tally.bytes_out += put;
    return went;
  }
  receiving_ = true;
  return Went::on;
}

Visitor::Went Http1Visitor::receive() {
  std::size_t got = 0;
  const Went went = read_some(piece, kPiece, got);
  if (went != Went::on) return went;
  std::size_t from = 0;
  if (!in_body_) {
    const Went head = take_head(got, from);
    if (head != Went::on || !in_body_) return head;
  }
  const std::uint64_t body = got - from;
  if (body > body_left_) return fail("more bytes than Content-Length says"), Went::broken;
  body_left_ -= body;
  take_body(piece + from, body);
  return body_left_ == 0 ? finish_reply() : Went::on;
}

// `from`: where the body begins in `piece`.
Visitor::Went Http1Visitor::take_head(std::size_t got, std::size_t& from) {
  const std::size_t before = head_.size();
  head_.append(piece, got);
  const std::size_t end = head_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
  if (end == std::string::npos) {
    if (head_.size() > kMostHead) return fail("the head of a reply is too long"), Went::broken;
    return Went::on;
  }
  head_.resize(end + 4);
  from = end + 4 - before;
  const std::string_view status = std::string_view(head_).substr(9, 3);
  if (status != "200" && status != "204" && status != "201")
    return fail(head_.substr(0, head_.find('\r'))), Went::broken;
  const std::string_view length = field(head_, "Content-Length");
  body_left_ = 0;
  if (!length.empty()) {
    std::from_chars(length.data(), length.data() + length.size(), body_left_);
  } else if (status != "204") {
    return fail("a reply without Content-Length"), Went::broken;
  }
  close_after_ = field(head_, "Connection").starts_with("close");
  in_body_ = true;
  return Went::on;
}

Visitor::Went Http1Visitor::finish_reply() {
  end_body();
  count_done(began_);
  if (plan().idle || shared().pausing) return rest(), Went::wait;
  if (plan().fresh || close_after_) return open(), Went::wait;
  ask_again();
  return Went::on;
}

}  // namespace sallyport::perf

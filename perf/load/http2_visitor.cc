#include "perf/load/http2_visitor.h"

#include <string_view>

namespace sallyport::perf {

namespace {

// What Chromium gives: 6 MiB a stream, 15 MiB a connection.
constexpr std::uint32_t kStreamWindow = 6 << 20;
constexpr std::int32_t kConnectionWindow = 15 << 20;
constexpr std::size_t kMostGathered = 32 * 1024;  // bytes written at once

nghttp2_nv field(std::string_view name, std::string_view value) {
  // nghttp2 takes pointers to mutable bytes and changes none.
  const auto of = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {of(name), of(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

void Http2Visitor::begin() {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  nghttp2_session_client_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
  };
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
  if (plan().fresh) return ask(opened_at());
  ask_again();
}

void Http2Visitor::ask_again() {
  while (streams_.size() < plan().streams) ask(Clock::now());
}

void Http2Visitor::ask(Clock::time_point began) {
  const std::string to = authority();
  const nghttp2_nv fields[] = {field(":method", "GET"),
                               field(":scheme", "https"),
                               field(":authority", to),
                               field(":path", plan().path),
                               field("user-agent", "sallyport-perf/1"),
                               field("accept", "*/*")};
  const std::int32_t id =
      nghttp2_submit_request(session_, nullptr, fields, std::size(fields), nullptr, nullptr);
  // A negative one (no ids left) makes a stream that never ends; the run then reports too little.
  streams_[id].began = began;
}

Visitor::Went Http2Visitor::talk() {
  const Went wrote = write();
  if (wrote != Went::on) return wrote;
  return read();
}

// On: everything is written. Wait: the socket is full, and what was read meanwhile waits too, which
// a server that we chose survives.
Visitor::Went Http2Visitor::write() {
  while (true) {
    while (out_.size() < kMostGathered) {
      const std::uint8_t* bytes = nullptr;
      const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
      if (size < 0) return fail(nghttp2_strerror(static_cast<int>(size))), Went::broken;
      if (size == 0) break;
      out_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }
    if (out_.empty()) return Went::on;
    while (sent_ < out_.size()) {
      const Went went = write_some(out_.data() + sent_, out_.size() - sent_, sent_);
      if (went != Went::on) return went;
    }
    out_.clear();
    sent_ = 0;
  }
}

Visitor::Went Http2Visitor::read() {
  std::size_t got = 0;
  const Went went = read_some(piece, kPiece, got);
  if (went != Went::on) return went;
  const ssize_t taken =
      nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(piece), got);
  if (taken < 0) return fail(nghttp2_strerror(static_cast<int>(taken))), Went::broken;
  return drain();
}

Visitor::Went Http2Visitor::drain() {
  for (std::size_t i = 0; i < ended_.size(); ++i) {
    const Ended ended = ended_[i];
    const Went went = finish(ended);
    if (went != Went::on) return went;
  }
  ended_.clear();
  if (streams_.empty()) {
    if (plan().idle || shared().pausing) {
      // What acknowledges the last frames is still owed.
      if (write() == Went::broken) return Went::broken;
      return rest(), Went::wait;
    }
    if (plan().fresh) return open(), Went::wait;
  }
  return Went::on;
}

Visitor::Went Http2Visitor::finish(const Ended& ended) {
  const auto found = streams_.find(ended.id);
  if (found == streams_.end()) return Went::on;
  const Stream stream = std::move(found->second);
  streams_.erase(found);
  if (ended.error != 0)
    return fail(std::string("reset: ") + nghttp2_http2_strerror(ended.error)), Went::broken;
  if (stream.status != "200") return fail("HTTP/2 status " + stream.status), Went::broken;
  if (stream.length != std::to_string(stream.body))
    return fail("a body of " + std::to_string(stream.body) + " bytes, content-length says " +
                stream.length),
           Went::broken;
  end_body();
  count_done(stream.began);
  if (!plan().idle && !plan().fresh && !shared().pausing) ask(Clock::now());
  return Went::on;
}

void Http2Visitor::forget() {
  if (session_ != nullptr) nghttp2_session_del(session_);
  session_ = nullptr;
  streams_.clear();
  ended_.clear();
  out_.clear();
  sent_ = 0;
}

int Http2Visitor::on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                            std::size_t name_size, const std::uint8_t* value,
                            std::size_t value_size, std::uint8_t, void* self) {
  const std::string_view key(reinterpret_cast<const char*>(name), name_size);
  const std::string_view text(reinterpret_cast<const char*>(value), value_size);
  auto& streams = static_cast<Http2Visitor*>(self)->streams_;
  const auto found = streams.find(frame->hd.stream_id);
  if (found == streams.end()) return 0;
  if (key == ":status") found->second.status = text;
  if (key == "content-length") found->second.length = text;
  return 0;
}

int Http2Visitor::on_data(nghttp2_session*, std::uint8_t, std::int32_t id,
                          const std::uint8_t* bytes, std::size_t size, void* self) {
  auto* visitor = static_cast<Http2Visitor*>(self);
  const auto found = visitor->streams_.find(id);
  if (found == visitor->streams_.end()) return 0;
  found->second.body += size;
  visitor->take_body(reinterpret_cast<const char*>(bytes), size);
  return 0;
}

int Http2Visitor::on_close(nghttp2_session*, std::int32_t id, std::uint32_t error, void* self) {
  static_cast<Http2Visitor*>(self)->ended_.push_back({id, error});
  return 0;
}

}  // namespace sallyport::perf

#include "proxy/http2/link.h"

#include <algorithm>
#include <array>
#include <nghttp2/nghttp2.h>

#include "base/core/check.h"

namespace sallyport::http2 {

namespace {

constexpr std::size_t kReceive = 64 * 1024;  // bytes taken from the stream below at once
constexpr std::size_t kGather = 64 * 1024;   // bytes that leave in one write
constexpr int kMostLastReads = 256;          // of a connection that takes no more
constexpr std::size_t kChunk = 64 * 1024;    // bytes asked of a body at once
constexpr std::size_t kMostAhead =
    2 * 1024 * 1024;                   // unread bytes that do not hold the connection's window shut
constexpr std::size_t kFrameHead = 9;  // RFC 9113 section 4.1
constexpr std::chrono::seconds kLastWords{15};  // for the peer to take GOAWAY

std::vector<nghttp2_nv> to_native(const OutFields& fields) {
  std::vector<nghttp2_nv> native;
  native.reserve(fields.fields.size());
  for (const OutField& field : fields.fields) {
    nghttp2_nv one;
    one.name = reinterpret_cast<std::uint8_t*>(const_cast<char*>(field.name.data()));
    one.namelen = field.name.size();
    one.value = reinterpret_cast<std::uint8_t*>(const_cast<char*>(field.value.data()));
    one.valuelen = field.value.size();
    one.flags = field.secret ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
    native.push_back(one);
  }
  return native;
}

}  // namespace

// Everything nghttp2 tells. Nothing here acts.
struct Link::Callbacks {
  static Link& of(void* data) { return *static_cast<Link*>(data); }

  static Stream* stream_of(nghttp2_session* session, std::int32_t id) {
    return static_cast<Stream*>(nghttp2_session_get_stream_user_data(session, id));
  }

  static int begin_frame(nghttp2_session*, const nghttp2_frame_hd* head, void* data) {
    Link& link = of(data);
    // Enough: what is left of these bytes is not worth decoding.
    if (link.overdone_) return NGHTTP2_ERR_CALLBACK_FAILURE;
    switch (head->type) {
      case NGHTTP2_CONTINUATION:
        link.charge(Nuisance::continuation);
        break;
      case NGHTTP2_DATA:
        if (head->length == 0 && (head->flags & NGHTTP2_FLAG_END_STREAM) == 0) {
          link.charge(Nuisance::empty);
        }
        break;
      case NGHTTP2_PING:
      case NGHTTP2_SETTINGS:
        if ((head->flags & NGHTTP2_FLAG_ACK) == 0) link.charge(Nuisance::control);
        break;
      case NGHTTP2_HEADERS:
      case NGHTTP2_RST_STREAM:  // counted by what it does
        break;
      case NGHTTP2_WINDOW_UPDATE:
        // As many as a transfer needs, also of clients that give back a KiB at a time.
        if (link.window_updates_paid_ > 0) {
          --link.window_updates_paid_;
        } else {
          link.charge(Nuisance::control);
        }
        break;
      default:
        link.charge(Nuisance::control);
    }
    return 0;
  }

  static int begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void* data) {
    Link& link = of(data);
    const std::int32_t id = frame->hd.stream_id;
    Stream* stream = stream_of(session, id);
    if (stream == nullptr) {
      if (!link.options_.server) return 0;
      auto made = std::make_shared<Stream>(link, id, Side::client, link.options_.heads);
      nghttp2_session_set_stream_user_data(session, id, made.get());
      link.streams_.emplace(id, std::move(made));
      return 0;
    }
    stream->block =
        FieldBlock(link.options_.server ? Side::client : Side::origin, link.options_.heads);
    return 0;
  }

  static int header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                    std::uint8_t, void* data) {
    Stream* stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr) return 0;
    const bool bearable = stream->block.add({reinterpret_cast<const char*>(name), name_size},
                                            {reinterpret_cast<const char*>(value), value_size});
    if (bearable) return 0;
    of(data).flood("a field block of many times the limit");
    return NGHTTP2_ERR_CALLBACK_FAILURE;  // Decoding the rest would be the attack.
  }

  // nghttp2 would drop such a field and go on: RFC 9113 section 8.2.1 wants the whole refused.
  static int invalid_header(nghttp2_session* session, const nghttp2_frame* frame,
                            const std::uint8_t* name, std::size_t name_size,
                            const std::uint8_t* value, std::size_t value_size, std::uint8_t flags,
                            void* data) {
    Stream* stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr) return 0;
    const int done = header(session, frame, name, name_size, value, value_size, flags, data);
    stream->block.spoil("a field with bytes that are not allowed");
    return done;
  }

  static int frame_received(nghttp2_session* session, const nghttp2_frame* frame, void* data) {
    Link& link = of(data);
    switch (frame->hd.type) {
      case NGHTTP2_HEADERS:
      case NGHTTP2_DATA: {
        Stream* stream = stream_of(session, frame->hd.stream_id);
        if (stream == nullptr) return 0;
        if (frame->hd.type == NGHTTP2_HEADERS) {
          link.blocks_.push_back({link.streams_.at(stream->id), std::move(stream->block),
                                  (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0});
        }
        if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
          stream->in_ended = true;
          stream->arrived.notify();
        } else if (frame->hd.type == NGHTTP2_DATA && frame->hd.length > 0 &&
                   frame->hd.length == frame->data.padlen) {
          link.charge(Nuisance::empty);  // Nothing but padding.
        }
        return 0;
      }
      case NGHTTP2_RST_STREAM: {
        if (link.options_.server) link.metrics().add(Metric::http2_resets_received_total);
        Stream* stream = stream_of(session, frame->hd.stream_id);
        if (stream == nullptr) {
          link.charge(Nuisance::control);
        } else {
          stream->peer_reset = true;
          // An origin gives up only what we asked of it.
          if (link.options_.server) link.charge(Nuisance::reset);
        }
        return 0;
      }
      case NGHTTP2_GOAWAY:
        link.peer_goes_away_ = true;
        link.settings_came_ = true;
        return 0;
      case NGHTTP2_SETTINGS:
        link.settings_came_ = true;
        return 0;
      default:
        return 0;
    }
  }

  static int data_chunk(nghttp2_session* session, std::uint8_t, std::int32_t id,
                        const std::uint8_t* bytes, std::size_t size, void* data) {
    Link& link = of(data);
    Stream* stream = stream_of(session, id);
    if (!link.options_.hold_connection_window) nghttp2_session_consume_connection(session, size);
    if (stream == nullptr || stream->in_dropped) {
      if (link.options_.hold_connection_window) nghttp2_session_consume_connection(session, size);
      if (stream != nullptr) nghttp2_session_consume_stream(session, id, size);
      return 0;
    }
    stream->inbox.append(reinterpret_cast<const char*>(bytes), size);
    stream->uncredited += size;
    // A few streams that nobody pulls, because a rate or an origin is slow, do not stop the others.
    if (link.options_.hold_connection_window && link.ahead_ + size <= kMostAhead) {
      nghttp2_session_consume_connection(session, size);
      link.ahead_ += size;
      stream->ahead += size;
    }
    stream->arrived.notify();
    return 0;
  }

  static int stream_closed(nghttp2_session* session, std::int32_t id, std::uint32_t code,
                           void* data) {
    Link& link = of(data);
    nghttp2_session_set_stream_user_data(session, id, nullptr);
    const auto found = link.streams_.find(id);
    if (found == link.streams_.end()) return 0;
    Stream& stream = *found->second;
    stream.closed = true;
    // What was known first stays: a head that was not sent, say.
    if (stream.code == Code::no_error) stream.code = static_cast<Code>(code);
    link.let_go(stream);
    link.closed_.push_back(std::move(found->second));
    link.streams_.erase(found);
    return 0;
  }

  static int frame_sent(nghttp2_session* session, const nghttp2_frame* frame, void* data) {
    Link& link = of(data);
    if (frame->hd.type == NGHTTP2_RST_STREAM) {
      const auto code = static_cast<Code>(frame->rst_stream.error_code);
      if (link.options_.server) link.metrics().add(Metric::http2_resets_sent_total);
      // What the peer did wrong; not what we gave up, and each stream once: what never became one
      // of ours was charged when it came.
      Stream* stream = stream_of(session, frame->hd.stream_id);
      if (link.options_.server && stream != nullptr && !stream->charged && code != Code::no_error &&
          code != Code::cancel && code != Code::internal_error) {
        stream->charged = true;
        link.charge(Nuisance::fault);
      }
      return 0;
    }
    if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR &&
        !link.flooded_) {
      // nghttp2's own judgement; what it says of it is for us as well.
      const std::string why(reinterpret_cast<const char*>(frame->goaway.opaque_data),
                            frame->goaway.opaque_data_len);
      if (frame->goaway.error_code == NGHTTP2_ENHANCE_YOUR_CALM) {
        link.flood(why);
      } else {
        link.broken_ = true;
        if (link.fault_.empty()) link.fault_ = why.empty() ? "a broken connection" : why;
      }
    }
    if (frame->hd.type == NGHTTP2_DATA) {
      link.window_updates_paid_ += static_cast<std::int64_t>(frame->hd.length / 512);
    }
    if ((frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      if (Stream* stream = stream_of(session, frame->hd.stream_id)) {
        stream->out_ended = true;
        stream->drained.notify();
      }
    }
    link.window_updates_paid_ = std::min<std::int64_t>(link.window_updates_paid_ + 2, 10'000);
    return 0;
  }

  static int frame_not_sent(nghttp2_session* session, const nghttp2_frame* frame, int, void*) {
    // A head that could not leave: nobody may wait for it.
    if (frame->hd.type != NGHTTP2_HEADERS) return 0;
    if (Stream* stream = stream_of(session, frame->hd.stream_id)) {
      stream->code = Code::refused_stream;
      stream->drained.notify();
      stream->arrived.notify();
    }
    return 0;
  }

  static int invalid_frame(nghttp2_session* session, const nghttp2_frame* frame, int, void* data) {
    Stream* stream = stream_of(session, frame->hd.stream_id);
    if (stream != nullptr) stream->charged = true;
    of(data).charge(Nuisance::fault);
    return 0;
  }

  // Gives DATA to send: none yet, or a piece of the chunk, which send_data() then takes uncopied.
  static ssize_t pull(nghttp2_session* session, std::int32_t id, std::uint8_t*, std::size_t most,
                      std::uint32_t* flags, nghttp2_data_source*, void*) {
    Stream* stream = stream_of(session, id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const std::size_t size = std::min(most, stream->chunk.size());
    if (size == 0 && !stream->out_over) return NGHTTP2_ERR_DEFERRED;
    if (size == stream->chunk.size() && stream->out_over) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (stream->out_trailers != nullptr) {
        const OutFields fields = trailer_fields(*stream->out_trailers);
        if (!fields.fields.empty()) {
          const std::vector<nghttp2_nv> native = to_native(fields);
          if (nghttp2_submit_trailer(session, id, native.data(), native.size()) != 0) {
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
          }
          *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        }
      }
    }
    if (size > 0) *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    return static_cast<ssize_t>(size);
  }

  static int send_data(nghttp2_session* session, nghttp2_frame* frame, const std::uint8_t* head,
                       std::size_t size, nghttp2_data_source*, void* data) {
    Link& link = of(data);
    if (link.out_.size() >= kGather) return NGHTTP2_ERR_WOULDBLOCK;
    Stream* stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr || stream->chunk.size() < size) {
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    link.out_.append(reinterpret_cast<const char*>(head), kFrameHead);
    link.out_.append(reinterpret_cast<const char*>(stream->chunk.data()), size);
    stream->chunk = stream->chunk.subspan(size);
    stream->sent += size;
    if (stream->chunk.empty()) stream->drained.notify();
    return 0;
  }

  static const nghttp2_session_callbacks* all() {
    static const nghttp2_session_callbacks* const made = [] {
      nghttp2_session_callbacks* c = nullptr;
      CHECK(nghttp2_session_callbacks_new(&c) == 0);
      nghttp2_session_callbacks_set_on_begin_frame_callback(c, begin_frame);
      nghttp2_session_callbacks_set_on_begin_headers_callback(c, begin_headers);
      nghttp2_session_callbacks_set_on_header_callback(c, header);
      nghttp2_session_callbacks_set_on_invalid_header_callback(c, invalid_header);
      nghttp2_session_callbacks_set_on_frame_recv_callback(c, frame_received);
      nghttp2_session_callbacks_set_on_data_chunk_recv_callback(c, data_chunk);
      nghttp2_session_callbacks_set_on_stream_close_callback(c, stream_closed);
      nghttp2_session_callbacks_set_on_frame_send_callback(c, frame_sent);
      nghttp2_session_callbacks_set_on_frame_not_send_callback(c, frame_not_sent);
      nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(c, invalid_frame);
      nghttp2_session_callbacks_set_send_data_callback(c, send_data);
      return c;
    }();
    return made;
  }
};

Link::Link(io::Worker& worker, io::ByteStream& stream, LinkOptions options, Events events)
    : worker_(worker),
      stream_(stream),
      options_(options),
      events_(std::move(events)),
      guard_(worker.clock().steady()),
      last_words_(worker.deadlines(), [this] { abort(); }) {
  nghttp2_option* option = nullptr;
  CHECK(nghttp2_option_new(&option) == 0);
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_closed_streams(option, 1);
  nghttp2_option_set_max_settings(option, 32);
  nghttp2_option_set_max_outbound_ack(option, 1'000);
  // guard.h is stricter, and has one answer for all of its kinds.
  nghttp2_option_set_stream_reset_rate_limit(option, 10'000, 1'000);
  // fields.cc judges blanks itself, and bears them in replies.
  nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(option, 1);
  const int made = options_.server
                       ? nghttp2_session_server_new2(&session_, Callbacks::all(), this, option)
                       : nghttp2_session_client_new2(&session_, Callbacks::all(), this, option);
  nghttp2_option_del(option);
  CHECK(made == 0);

  std::vector<nghttp2_settings_entry> settings{
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options_.stream_window},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(options_.heads.head)},
      // RFC 9113 section 5.3.2: the old priorities are neither sent nor heeded.
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1}};
  if (options_.server) {
    settings.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options_.streams});
    settings.push_back({NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1});
  } else {
    settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
  }
  CHECK(nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) ==
        0);
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                        static_cast<std::int32_t>(options_.connection_window));
  to_write_.notify();
}

Link::~Link() {
  for (auto& [id, stream] : streams_) stream->link = nullptr;
  nghttp2_session_del(session_);
}

void Link::charge(Nuisance kind) {
  if (!overdone_ && !guard_.charge(kind, worker_.clock().steady())) overdone_ = kind;
}

void Link::flood(std::string why) {
  if (flooded_) return;
  flooded_ = true;
  if (fault_.empty()) fault_ = std::move(why);
  metrics().add(Metric::http2_floods_total);
}

// The connection's window of bytes that are pulled, or never will be; for some it was given back
// when they came.
void Link::pay_back(Stream& stream, std::size_t bytes) {
  if (!options_.hold_connection_window) return;
  const std::size_t paid = std::min(bytes, stream.ahead);
  stream.ahead -= paid;
  ahead_ -= paid;
  if (bytes > paid) nghttp2_session_consume_connection(session_, bytes - paid);
}

// The window of what nobody will pull any more.
void Link::let_go(Stream& stream) {
  pay_back(stream, stream.uncredited);
  stream.uncredited = 0;
  stream.link = nullptr;
  stream.chunk = {};
  stream.drained.notify();
  stream.arrived.notify();
}

std::shared_ptr<Stream> Link::submit_request(const OutFields& fields, bool has_body) {
  nghttp2_data_provider provider{};
  provider.read_callback = Callbacks::pull;
  const std::vector<nghttp2_nv> native = to_native(fields);
  const std::int32_t id = nghttp2_submit_request(session_, nullptr, native.data(), native.size(),
                                                 has_body ? &provider : nullptr, nullptr);
  if (id < 0) return nullptr;
  auto stream = std::make_shared<Stream>(*this, id, Side::origin, options_.heads);
  nghttp2_session_set_stream_user_data(session_, id, stream.get());
  streams_.emplace(id, stream);
  want_write();
  return stream;
}

bool Link::submit_reply(Stream& stream, const OutFields& fields, bool has_body) {
  nghttp2_data_provider provider{};
  provider.read_callback = Callbacks::pull;
  const std::vector<nghttp2_nv> native = to_native(fields);
  const int done = nghttp2_submit_response(session_, stream.id, native.data(), native.size(),
                                           has_body ? &provider : nullptr);
  want_write();
  return done == 0;
}

bool Link::submit_interim(Stream& stream, const OutFields& fields) {
  const std::vector<nghttp2_nv> native = to_native(fields);
  const int done = nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, stream.id, nullptr,
                                          native.data(), native.size(), nullptr);
  want_write();
  return done == 0;
}

void Link::reset(Stream& stream, Code code) {
  if (stream.closed || over_) return;
  stream.chunk = {};
  stream.in_dropped = true;
  // Who waits for the stream need not wait for the frame to leave.
  if (stream.code == Code::no_error) stream.code = code;
  stream.drained.notify();
  stream.arrived.notify();
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id,
                            static_cast<std::uint32_t>(code));
  want_write();
}

void Link::drop_input(Stream& stream) {
  stream.in_dropped = true;
  credit(stream, stream.uncredited, false);
  stream.inbox = std::string();
}

void Link::credit(Stream& stream, std::size_t bytes, bool dry) {
  if (bytes == 0 || stream.closed || over_) return;
  bytes = std::min(bytes, stream.uncredited);
  stream.uncredited -= bytes;
  nghttp2_session_consume_stream(session_, stream.id, bytes);
  pay_back(stream, bytes);
  stream.pulled += bytes;
  if (dry) grow(stream);
  if (nghttp2_session_want_write(session_) != 0) want_write();
}

// A window that was pulled empty is too small for the way there and back. Where more waits to be
// pulled than is, by a rate or a slow peer, a larger one would make nothing faster.
void Link::grow(Stream& stream) {
  if (stream.window == 0) stream.window = options_.stream_window;
  if (stream.pulled < stream.window || stream.in_ended ||
      stream.window >= options_.most_stream_window) {
    return;
  }
  stream.pulled = 0;
  stream.window = std::min(2 * stream.window, options_.most_stream_window);
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, stream.id,
                                        static_cast<std::int32_t>(stream.window));
}

Task<Link::Copied> Link::send_body(std::shared_ptr<Stream> stream, http::Body& body) {
  std::optional<std::uint64_t> left = body.length();
  while (true) {
    Result<http::Bytes> chunk = co_await body.read(kChunk);
    if (!chunk) co_return Copied{pass_on(std::move(chunk)), true};
    if (left) {
      if (chunk->size() > *left || (chunk->empty() && *left > 0)) {
        co_return Copied{fail(ErrorKind::http_framing, Side::ours, "a body of another length"),
                         true};
      }
      *left -= chunk->size();
    }
    // The last bytes carry the end with them where it is known.
    const bool over =
        chunk->empty() || (left ? *left == 0 && !body.may_have_trailers() : body.at_end());
    if (stream->closed || stream->link == nullptr) break;
    stream->chunk = *chunk;
    stream->out_over = over;
    if (over) stream->out_trailers = body.trailers();
    nghttp2_session_resume_data(session_, stream->id);
    want_write();
    while (!stream->closed && stream->code == Code::no_error &&
           (over ? !stream->out_ended : !stream->chunk.empty())) {
      co_await stream->drained.wait();
    }
    stream->out_trailers = nullptr;
    if (over && stream->out_ended) {
      if (!chunk->empty()) {
        // The body is told that all of it was taken.
        Result<http::Bytes> end = co_await body.read(kChunk);
        if (!end) co_return Copied{pass_on(std::move(end)), true};
      }
      co_return Copied{};
    }
    if (stream->closed || stream->code != Code::no_error) break;
  }
  stream->chunk = {};
  co_return Copied{fail(ErrorKind::reset, Side::ours, "the stream was reset"), false};
}

void Link::drain() {
  if (over_) return;
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                        nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                        nullptr, 0);
  draining_ = true;
  part();
  want_write();
}

// Drained: nobody has to take our GOAWAY for ever.
void Link::part() {
  if (!draining_ || parting_ || over_ || !streams_.empty()) return;
  parting_ = true;
  last_words_.set(kLastWords);
}

void Link::terminate(Code code, std::string why) {
  if (over_) return;
  if (fault_.empty()) fault_ = std::move(why);
  nghttp2_session_terminate_session(session_, static_cast<std::uint32_t>(code));
  last_words_.set(kLastWords);
  want_write();
}

void Link::abort() {
  stream_.reset();
  to_write_.notify();
}

bool Link::speaks_websocket() const {
  return nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL) ==
         1;
}

std::uint32_t Link::peer_streams() const {
  return nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

void Link::release() {
  if (out_.empty()) std::string().swap(out_);  // Assigning an empty one would keep the memory.
  stream_.release_idle_buffers();
}

// Acts on what the callbacks wrote down.
void Link::deliver() {
  while (!blocks_.empty() || !closed_.empty()) {
    auto blocks = std::exchange(blocks_, {});
    const auto closed = std::exchange(closed_, {});
    // Who counts streams hears of the old ones' end before new ones begin.
    for (const auto& stream : closed) {
      if (events_.closed) events_.closed(stream);
    }
    for (Block& one : blocks) events_.block(one.stream, one.fields, one.ends);
  }
  if (settings_came_) {
    settings_came_ = false;
    if (events_.settings) events_.settings();
  }
  if (overdone_ && !flooded_) {
    flood("too many " + std::string(to_string(*overdone_)));
    dying_ = true;  // Nothing more is read of it.
    terminate(Code::enhance_your_calm, {});
  }
  part();
}

void Link::end(std::string why) {
  if (over_) return;
  over_ = true;
  // Whoever ends and takes nothing of what is being written has that long to take it.
  if (writing_) {
    last_words_.set(kLastWords);
  } else {
    last_words_.clear();
  }
  if (fault_.empty()) fault_ = std::move(why);
  auto streams = std::exchange(streams_, {});
  for (auto& [id, stream] : streams) {
    stream->closed = true;
    if (stream->code == Code::no_error) stream->code = Code::cancel;
    nghttp2_session_set_stream_user_data(session_, id, nullptr);
    stream->link = nullptr;
    stream->chunk = {};
    stream->drained.notify();
    stream->arrived.notify();
    closed_.push_back(stream);
  }
  stream_.stop_reading();
  to_write_.notify();
  deliver();
}

// Reads once, and acts on it.
io::ByteStream::Status Link::take_in() {
  // Not the connection's own: nghttp2 keeps what it needs.
  static thread_local const std::unique_ptr<std::byte[]> scratch =
      std::make_unique_for_overwrite<std::byte[]>(kReceive);
  const auto outcome = stream_.try_read(std::span(scratch.get(), kReceive));
  if (outcome.status != io::ByteStream::Status::moved) return outcome.status;
  const ssize_t taken = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const std::uint8_t*>(scratch.get()), outcome.bytes);
  if (taken < 0 && !flooded_ && !overdone_) {
    std::string why = nghttp2_strerror(static_cast<int>(taken));
    if (taken == NGHTTP2_ERR_FLOODED || taken == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS) {
      flood(std::move(why));
    } else {
      broken_ = true;
      if (fault_.empty()) fault_ = std::move(why);
    }
  }
  deliver();
  if (taken < 0) {
    dying_ = true;
    nghttp2_session_terminate_session(
        session_, flooded_ ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR);
    last_words_.set(kLastWords);
  }
  return outcome.status;
}

Task<void> Link::read_loop() {
  io::FairTurns turns;
  while (!over_) {
    if (turns.due()) co_await io::yield();
    if (over_) break;
    const auto status = take_in();
    if (status == io::ByteStream::Status::would_block) {
      turns.waited();
      Result<void> waited = co_await stream_.readable();
      if (!waited) {
        end(over_ || waited.error().kind == ErrorKind::cancelled ? "" : describe(waited.error()));
        break;
      }
      continue;
    }
    if (status != io::ByteStream::Status::moved) {
      end(status == io::ByteStream::Status::end ? "" : describe(stream_.failure()));
      break;
    }
    want_write();
    if (nghttp2_session_want_read(session_) == 0 || dying_) break;
  }
  // What is queued still leaves, if it is taken.
  if (!over_) last_words_.set(kLastWords);
  to_write_.notify();
}

// An origin that has answered all and closes resets the connection where more comes from us; what
// it said before has arrived, and is heard (RFC 9112 section 9.6 of the same for HTTP/1.1).
void Link::hear_out() {
  if (options_.server) return;
  for (int reads = 0; !over_ && !dying_ && reads < kMostLastReads; ++reads) {
    if (take_in() != io::ByteStream::Status::moved) return;
  }
}

// Gathers what is to be sent. True where there is something.
bool Link::fill() {
  while (out_.size() < kGather) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    if (size <= 0) break;
    out_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }
  return !out_.empty();
}

Task<void> Link::write_loop() {
  while (!over_) {
    co_await to_write_.wait();
    while (!over_ && fill()) {
      writing_ = true;
      Result<void> sent = co_await io::write_all(stream_, io::as_bytes(out_));
      writing_ = false;
      out_.clear();
      deliver();  // Sending closes streams too.
      if (!sent) {
        hear_out();
        end(describe(sent.error()));
        co_return;
      }
    }
    deliver();
    if (over_) break;
    const bool wants = nghttp2_session_want_read(session_) != 0;
    if (!wants || dying_ || (draining_ && streams_.empty())) {
      end("");
      break;
    }
  }
}

Task<void> Link::run() {
  io::Nursery loops(worker_.executor());
  loops.start(write_loop());
  loops.start(read_loop());
  co_await loops.join();
  last_words_.clear();
  CHECK(over_);
}

// --- InBody ---

InBody::InBody(std::shared_ptr<Stream> stream, Side peer, std::optional<std::uint64_t> length,
               bool raw)
    : stream_(std::move(stream)),
      peer_(peer),
      length_(raw ? std::nullopt : length),
      none_(!raw && stream_->in_ended && stream_->inbox.empty()) {
  ended_ = none_;
}

InBody::~InBody() {
  if (stream_->link != nullptr) stream_->link->drop_input(*stream_);
}

void InBody::settle() {
  const bool dry = at_ == held_.size() && stream_->inbox.empty();
  if (owed_ > 0 && stream_->link != nullptr) stream_->link->credit(*stream_, owed_, dry);
  owed_ = 0;
}

Task<Result<http::Bytes>> InBody::read(std::size_t most) {
  settle();
  while (true) {
    if (stopped_) co_return fail(ErrorKind::cancelled, Side::ours, "reading was stopped");
    if (at_ == held_.size()) {
      held_.clear();
      at_ = 0;
      held_.swap(stream_->inbox);
    }
    if (at_ < held_.size()) {
      owed_ = std::min(most, held_.size() - at_);
      const auto piece = io::as_bytes(std::string_view(held_).substr(at_, owed_));
      at_ += owed_;
      co_return piece;
    }
    // Also behind END_STREAM: trailers that are none spoil the reply.
    const bool spoilt = peer_ == Side::origin && stream_->code == Code::protocol_error;
    if (stream_->in_ended && !spoilt) {
      if (!ended_) {
        ended_ = true;
        held_ = std::string();
      }
      co_return http::Bytes{};
    }
    if (stream_->closed || stream_->code != Code::no_error) {
      co_return fail(
          stream_->code == Code::protocol_error ? ErrorKind::http_framing : ErrorKind::reset, peer_,
          "the stream was reset");
    }
    if (invite) {
      invite();
      invite = nullptr;
    }
    co_await stream_->arrived.wait();
  }
}

std::optional<std::uint64_t> InBody::length() const {
  if (length_) return length_;
  if (none_ && peer_ == Side::client) return 0;
  return std::nullopt;
}

bool InBody::ready() const {
  return at_ < held_.size() || !stream_->inbox.empty() || stream_->in_ended;
}

// None where END_STREAM came without them: then the last bytes that are sent can carry it too.
bool InBody::may_have_trailers() const {
  return peer_ == Side::origin && !none_ && (!stream_->in_ended || stream_->trailers);
}

bool InBody::at_end() const {
  return stream_->in_ended && at_ == held_.size() && stream_->inbox.empty() && !may_have_trailers();
}

// Trailers of requests end here, as with HTTP/1 (proxy/http1/server.cc).
const http::Headers* InBody::trailers() const {
  if (peer_ == Side::client || !ended_ || !stream_->trailers) return nullptr;
  return &*stream_->trailers;
}

void InBody::stop() {
  stopped_ = true;
  stream_->arrived.notify();
}

}  // namespace sallyport::http2

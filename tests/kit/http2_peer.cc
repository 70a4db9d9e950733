#include "tests/kit/http2_peer.h"

#include <algorithm>
#include <nghttp2/nghttp2.h>
#include <stdexcept>

namespace sallyport::testkit {

namespace {

std::vector<nghttp2_nv> native(const FieldList& fields) {
  std::vector<nghttp2_nv> out;
  for (const auto& [name, value] : fields) {
    out.push_back({reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
                   reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(),
                   value.size(), NGHTTP2_NV_FLAG_NONE});
  }
  return out;
}

void must(int code, const char* what) {
  if (code < 0) throw std::runtime_error(std::string(what) + ": " + nghttp2_strerror(code));
}

}  // namespace

struct Http2Peer::Callbacks {
  static Http2Peer& of(void* data) { return *static_cast<Http2Peer*>(data); }

  static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                    std::uint8_t, void* data) {
    Seen& seen = of(data).streams_[frame->hd.stream_id];
    std::pair<std::string, std::string> field{
        {reinterpret_cast<const char*>(name), name_size},
        {reinterpret_cast<const char*>(value), value_size}};
    if (field.first == ":status" && field.second.front() == '1') {
      seen.interim.push_back(field.second);
    }
    if (field.first.front() == ':' && !seen.fields.empty() && seen.fields.back().first[0] != ':') {
      seen.fields.clear();  // A new head.
    }
    (seen.head ? seen.trailers : seen.fields).push_back(std::move(field));
    return 0;
  }

  static int frame(nghttp2_session*, const nghttp2_frame* frame, void* data) {
    Http2Peer& peer = of(data);
    if (frame->hd.type == NGHTTP2_GOAWAY) peer.goaway_ = frame->goaway.error_code;
    if (frame->hd.type == NGHTTP2_RST_STREAM) {
      peer.streams_[frame->hd.stream_id].reset = frame->rst_stream.error_code;
    }
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
    Seen& seen = peer.streams_[frame->hd.stream_id];
    if (frame->hd.type == NGHTTP2_DATA) ++seen.data_frames;
    if (frame->hd.type == NGHTTP2_HEADERS) {
      const std::string status = seen.field(":status");
      if (status.empty() || status.front() != '1') {
        seen.head = true;
      } else {
        seen.fields.clear();
      }
    }
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) seen.ended = true;
    return 0;
  }

  static int chunk(nghttp2_session* session, std::uint8_t, std::int32_t id,
                   const std::uint8_t* bytes, std::size_t size, void* data) {
    Http2Peer& peer = of(data);
    peer.streams_[id].body.append(reinterpret_cast<const char*>(bytes), size);
    if (peer.options_.credits) nghttp2_session_consume(session, id, size);
    return 0;
  }

  static ssize_t pull(nghttp2_session* session, std::int32_t id, std::uint8_t* into,
                      std::size_t most, std::uint32_t* flags, nghttp2_data_source* source,
                      void*) {
    Out& out = static_cast<Http2Peer*>(source->ptr)->outs_[id];
    const std::size_t size = std::min(most, out.bytes.size());
    if (size == 0 && !out.over) return NGHTTP2_ERR_DEFERRED;
    std::copy_n(out.bytes.begin(), size, into);
    out.bytes.erase(0, size);
    if (out.bytes.empty() && out.over) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (!out.trailers.empty()) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        const auto fields = native(out.trailers);
        must(nghttp2_submit_trailer(session, id, fields.data(), fields.size()), "trailer");
      }
    }
    return static_cast<ssize_t>(size);
  }
};

Http2Peer::Http2Peer(Options options) : options_(options) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::frame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::chunk);
  nghttp2_option* option = nullptr;
  nghttp2_option_new(&option);
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_http_messaging(option, 1);  // A test may lie.
  nghttp2_option_set_peer_max_concurrent_streams(option, 100'000);
  if (options.server) {
    nghttp2_session_server_new2(&session_, callbacks, this, option);
  } else {
    nghttp2_session_client_new2(&session_, callbacks, this, option);
  }
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  std::vector<nghttp2_settings_entry> settings{
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options.window}};
  if (options.server) {
    settings.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options.most_streams});
    if (options.connect_protocol) settings.push_back({NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1});
  }
  must(nghttp2_submit_settings(session_, 0, settings.data(), settings.size()), "settings");
}

Http2Peer::~Http2Peer() { nghttp2_session_del(session_); }

std::string Http2Peer::Seen::field(std::string_view name) const {
  for (const auto& [one, value] : fields) {
    if (one == name) return value;
  }
  return {};
}

void Http2Peer::receives(std::string_view bytes) {
  const ssize_t taken = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  must(static_cast<int>(taken), "receive");
}

std::string Http2Peer::says() {
  const std::uint8_t* bytes = nullptr;
  ssize_t size = 0;
  while ((size = nghttp2_session_mem_send(session_, &bytes)) > 0) {
    out_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }
  return std::exchange(out_, {});
}

std::int32_t Http2Peer::request(const FieldList& fields, std::string_view body, bool ends) {
  const auto list = native(fields);
  const bool bodied = !body.empty() || !ends;
  nghttp2_data_provider provider{};
  provider.source.ptr = this;
  provider.read_callback = Callbacks::pull;
  const std::int32_t id = nghttp2_submit_request(session_, nullptr, list.data(), list.size(),
                                                 bodied ? &provider : nullptr, nullptr);
  must(id, "request");
  outs_[id] = {std::string(body), ends, {}};
  return id;
}

std::int32_t Http2Peer::get(const std::string& authority, const std::string& path,
                            const FieldList& more) {
  FieldList fields{{":method", "GET"}, {":scheme", "https"}, {":authority", authority},
                   {":path", path}};
  fields.insert(fields.end(), more.begin(), more.end());
  return request(fields);
}

void Http2Peer::reply(std::int32_t stream, const FieldList& fields, std::string_view body,
                      bool ends, const FieldList& trailers) {
  const auto list = native(fields);
  const bool bodied = !body.empty() || !ends || !trailers.empty();
  nghttp2_data_provider provider{};
  provider.source.ptr = this;
  provider.read_callback = Callbacks::pull;
  outs_[stream] = {std::string(body), ends, trailers};
  must(nghttp2_submit_response(session_, stream, list.data(), list.size(),
                               bodied ? &provider : nullptr),
       "reply");
}

void Http2Peer::interim(std::int32_t stream, const FieldList& fields) {
  const auto list = native(fields);
  must(nghttp2_submit_headers(session_, 0, stream, nullptr, list.data(), list.size(), nullptr),
       "interim");
}

void Http2Peer::more(std::int32_t stream, std::string_view bytes, bool ends) {
  Out& out = outs_[stream];
  out.bytes += bytes;
  out.over = ends;
  nghttp2_session_resume_data(session_, stream);
}

void Http2Peer::resets(std::int32_t stream, std::uint32_t code) {
  nghttp2_submit_rst_stream(session_, 0, stream, code);
}

void Http2Peer::goes_away(std::int32_t last, std::uint32_t code) {
  nghttp2_submit_goaway(session_, 0, last, code, nullptr, 0);
}

std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                  std::string_view payload) {
  std::string out;
  const auto size = payload.size();
  out += static_cast<char>(size >> 16);
  out += static_cast<char>(size >> 8);
  out += static_cast<char>(size);
  out += static_cast<char>(type);
  out += static_cast<char>(flags);
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(stream >> shift);
  out += payload;
  return out;
}

}  // namespace sallyport::testkit

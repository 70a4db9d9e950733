#pragma once
// The other end of an HTTP/2 connection, for tests: nghttp2 with every liberty, driven by hand. It
// writes and reads bytes; whoever owns it carries them.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct nghttp2_session;

namespace sallyport::testkit {

using FieldList = std::vector<std::pair<std::string, std::string>>;

class Http2Peer {
 public:
  struct Options {
    bool server = false;
    std::uint32_t window = 65'535;       // of each stream
    std::uint32_t most_streams = 100;    // server
    bool connect_protocol = true;        // server: RFC 8441
    bool credits = true;                 // gives windows back as bytes come
  };
  explicit Http2Peer(Options options);
  ~Http2Peer();
  Http2Peer(const Http2Peer&) = delete;
  Http2Peer& operator=(const Http2Peer&) = delete;

  // What it knows of a stream.
  struct Seen {
    FieldList fields;                    // of the last head
    std::vector<std::string> interim;    // statuses of 1xx
    std::string body;
    FieldList trailers;
    std::size_t data_frames = 0;
    bool head = false;
    bool ended = false;
    std::optional<std::uint32_t> reset;  // its code
    std::string field(std::string_view name) const;
  };

  void receives(std::string_view bytes);
  std::string says();  // what it has to send

  // A client's request; its stream. Without `ends` the body goes on with more().
  std::int32_t request(const FieldList& fields, std::string_view body = {}, bool ends = true);
  // GET https://AUTHORITY/PATH
  std::int32_t get(const std::string& authority, const std::string& path,
                   const FieldList& more = {});
  // A server's reply.
  void reply(std::int32_t stream, const FieldList& fields, std::string_view body = {},
             bool ends = true, const FieldList& trailers = {});
  void interim(std::int32_t stream, const FieldList& fields);
  void more(std::int32_t stream, std::string_view bytes, bool ends);
  void resets(std::int32_t stream, std::uint32_t code);
  void goes_away(std::int32_t last, std::uint32_t code);
  // Raw bytes between its frames.
  void raw(std::string_view bytes) { out_ += bytes; }

  const Seen& seen(std::int32_t stream) { return streams_[stream]; }
  const std::map<std::int32_t, Seen>& all() const { return streams_; }
  std::optional<std::uint32_t> went_away() const { return goaway_; }
  // Bytes of a body that found no window yet.
  std::size_t unsent(std::int32_t stream) { return outs_[stream].bytes.size(); }

  struct Callbacks;

 private:
  struct Out {
    std::string bytes;
    bool over = false;
    FieldList trailers;
  };
  Options options_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, Seen> streams_;
  std::map<std::int32_t, Out> outs_;
  std::optional<std::uint32_t> goaway_;
  std::string out_;
};

// A frame by hand (RFC 9113 section 4.1).
std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                  std::string_view payload);

}  // namespace sallyport::testkit

#pragma once
// One HTTP/2 connection, either side of it: nghttp2 between a ByteStream and streams of ours.
//
// nghttp2's callbacks only write down what happened; this class is the only caller of its receive
// and send functions, and acts between those calls (house.md: a callback that acts frees what its
// caller still uses). Bodies are pulled: bytes that nobody reads keep the window shut.
//
// Memory: per stream at most its window of bytes that came and were not pulled; of all streams of a
// client the connection's window and kMostAhead (link.cc); per connection a send buffer of about
// 64 KiB while it sends. On the worker's thread. Streams are shared with the
// exchange that uses them; one that outlives the connection is closed.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/http/body.h"
#include "base/io/deadline.h"
#include "base/io/nursery.h"
#include "base/io/signal.h"
#include "base/io/stream.h"
#include "base/io/worker.h"
#include "proxy/http2/fields.h"
#include "proxy/http2/guard.h"

struct nghttp2_session;

namespace sallyport::http2 {

// RFC 9113 section 7.
enum class Code : std::uint32_t {
  no_error = 0,
  protocol_error = 1,
  internal_error = 2,
  refused_stream = 7,
  cancel = 8,
  enhance_your_calm = 11,
  http_1_1_required = 13,
};

class Link;

// One stream. Its fields are written by the link and read by whoever serves it.
struct Stream {
  Stream(Link& the_link, std::int32_t the_id, Side peer, const http1::HeadLimits& limits)
      : link(&the_link), id(the_id), block(peer, limits) {}

  Link* link;  // null once the stream is closed
  std::int32_t id;
  // For the codec above.
  void* owner = nullptr;    // who uses it
  bool known = false;       // it was looked at
  bool charged = false;     // its fault was charged to the peer
  bool peer_reset = false;  // by RST_STREAM of the peer

  // What comes.
  FieldBlock block;            // the one that is being received
  bool in_ended = false;       // END_STREAM came
  bool in_dropped = false;     // nobody will read: bytes are let go as they come
  std::string inbox;           // DATA that was not pulled yet
  std::size_t uncredited = 0;  // bytes whose window has not been given back
  std::size_t ahead = 0;       // of those, for which the connection's has
  std::size_t pulled = 0;      // bytes that were, since its window grew
  std::uint32_t window = 0;    // bytes, its size
  std::optional<http::Headers> trailers;
  io::Signal arrived;  // DATA, an end, or the close

  // What goes.
  http::Bytes chunk;      // of the body that is being sent
  bool out_over = false;  // nothing comes behind `chunk`
  const http::Headers* out_trailers = nullptr;
  bool out_ended = false;  // END_STREAM left for the send buffer
  std::uint64_t sent = 0;  // bytes of DATA that did
  io::Signal drained;      // `chunk` is empty, END_STREAM left, or the close

  bool closed = false;
  Code code = Code::no_error;  // why, where closed or reset
};

struct LinkOptions {
  bool server = false;
  std::uint32_t streams = 100;  // of the peer at once (server)
  // Bytes. A stream begins with the first, and gets up to the second as its bytes are pulled: one
  // that nobody pulls holds little (safety.md C2, slow read).
  std::uint32_t stream_window = 64 * 1024;
  std::uint32_t most_stream_window = 256 * 1024;
  std::uint32_t connection_window = 1024 * 1024;
  // Whether bytes that wait to be pulled hold the connection's window shut too. A client harms only
  // itself by that; on a connection to an origin, which many clients share, one that reads slowly
  // would stop the others.
  bool hold_connection_window = true;
  http1::HeadLimits heads;
};

class Link {
 public:
  // What the codec above does; called between nghttp2's calls, never inside them.
  struct Events {
    // A field block was received whole; `ends`: with END_STREAM.
    std::function<void(std::shared_ptr<Stream>, FieldBlock& block, bool ends)> block;
    std::function<void(std::shared_ptr<Stream>)> closed;  // after which nothing comes for it
    std::function<void()> settings;                       // the peer's settings or GOAWAY came
  };

  Link(io::Worker& worker, io::ByteStream& stream, LinkOptions options, Events events);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Carries the connection until it is over, either way: then every stream is closed.
  Task<void> run();

  // Sends what is queued, soon; all that is queued in one turn of the loop leaves together.
  void want_write() { to_write_.notify(); }

  // The streams. Bodies are sent by send_body() after their head.
  std::shared_ptr<Stream> submit_request(const OutFields& fields, bool has_body);
  bool submit_reply(Stream& stream, const OutFields& fields, bool has_body);
  bool submit_interim(Stream& stream, const OutFields& fields);
  void reset(Stream& stream, Code code);
  // No one will read what still comes.
  void drop_input(Stream& stream);
  // Gives `bytes` of the windows back, after they were pulled; `dry`: and nothing more waits to be.
  void credit(Stream& stream, std::size_t bytes, bool dry);

  // Pulls `body` to its end into the stream. The error's side is the body's own with `body_failed`;
  // else the stream or connection broke.
  struct Copied {
    Result<void> result;
    bool body_failed = false;
  };
  Task<Copied> send_body(std::shared_ptr<Stream> stream, http::Body& body);

  // GOAWAY: no new streams; those that run go on, then the connection ends.
  void drain();
  // GOAWAY with a reason, and the end.
  void terminate(Code code, std::string why);
  // At once, without a word.
  void abort();

  bool over() const { return over_; }
  bool peer_goes_away() const { return peer_goes_away_; }
  bool speaks_websocket() const;  // the peer takes extended CONNECT (RFC 8441)
  std::uint32_t peer_streams() const;
  std::size_t open_streams() const { return streams_.size(); }
  // Why it ended, where it was somebody's fault; empty for an orderly end.
  const std::string& fault() const { return fault_; }
  bool flooded() const { return flooded_; }
  // Whether the peer broke a rule that ends a connection (RFC 9113 section 5.4.1).
  bool broken() const { return broken_; }
  io::ByteStream& stream() { return stream_; }
  MetricSet& metrics() { return worker_.metrics(); }
  void release();  // buffers, while idle

  struct Callbacks;  // link.cc

 private:
  io::ByteStream::Status take_in();
  Task<void> read_loop();
  void hear_out();
  Task<void> write_loop();
  void deliver();
  void end(std::string why);
  void charge(Nuisance kind);
  void flood(std::string why);
  void part();
  void grow(Stream& stream);
  void pay_back(Stream& stream, std::size_t bytes);
  void let_go(Stream& stream);
  bool fill();

  io::Worker& worker_;
  io::ByteStream& stream_;
  LinkOptions options_;
  Events events_;
  nghttp2_session* session_ = nullptr;
  Guard guard_;
  std::unordered_map<std::int32_t, std::shared_ptr<Stream>> streams_;
  // Written down by callbacks, acted on by deliver().
  struct Block {
    std::shared_ptr<Stream> stream;
    FieldBlock fields;
    bool ends;
  };
  std::vector<Block> blocks_;
  std::vector<std::shared_ptr<Stream>> closed_;
  bool settings_came_ = false;
  std::optional<Nuisance> overdone_;
  std::string out_;
  io::Signal to_write_;
  std::size_t ahead_ = 0;  // bytes not pulled for which the connection's window was given back
  std::int64_t window_updates_paid_ = 1'000;  // that cost nothing: they answer DATA of ours
  bool over_ = false;
  bool dying_ = false;  // what is queued is still sent
  bool draining_ = false;
  bool parting_ = false;  // and nothing runs any more
  bool flooded_ = false;
  bool broken_ = false;
  bool writing_ = false;
  bool peer_goes_away_ = false;
  std::string fault_;
  io::Deadline last_words_;
};

// The body that a stream's DATA makes. `length` as announced.
class InBody final : public http::Body {
 public:
  InBody(std::shared_ptr<Stream> stream, Side peer, std::optional<std::uint64_t> length, bool raw);
  ~InBody() override;

  Task<Result<http::Bytes>> read(std::size_t most) override;
  std::optional<std::uint64_t> length() const override;
  bool none() const override { return none_; }
  bool ready() const override;
  bool may_have_trailers() const override;
  bool at_end() const override;
  const http::Headers* trailers() const override;
  void stop() override;
  bool ended() const { return ended_; }

  // Called before the first read waits: 100 Continue.
  std::function<void()> invite;

 private:
  void settle();

  std::shared_ptr<Stream> stream_;
  Side peer_;
  std::optional<std::uint64_t> length_;
  bool none_;
  std::string held_;  // lent piece by piece
  std::size_t at_ = 0;
  std::size_t owed_ = 0;  // bytes lent by the last read
  bool ended_ = false;
  bool stopped_ = false;
};

}  // namespace sallyport::http2

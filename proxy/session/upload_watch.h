#pragma once
// Looks at the files of a request's body while it passes, or before it goes at all.
//
//   UploadWatch watch(body, head, digests);    // a body that gives what `body` gives
//   ... read to its end ...
//   watch.files()
//
//   co_await watch.hold(spool, most);          // instead: nothing goes on until all of it was seen
//   watch.keep_back(judge);                    // or: all but the end goes on, which waits for
//   `judge`
//
// INVARIANT: every byte that it gives has been looked at before.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/http/body.h"
#include "base/http/head.h"
#include "discovery/events/event.h"
#include "discovery/files/upload_files.h"
#include "proxy/session/snapshot.h"
#include "proxy/session/spool.h"

namespace sallyport::session {

class UploadWatch final : public http::PassingBody {
 public:
  UploadWatch(http::Body& inner, const http::RequestHead& head, discovery::BodyShape shape,
              const discovery::UploadFiles::Look& look)
      : PassingBody(inner), files_(shape, discovery::body_type(head.headers), look) {}
  UploadWatch(http::Body& inner, const http::RequestHead& head, bool digests)
      : UploadWatch(inner, head, discovery::shape_of(head.headers), {.digests = digests}) {}

  // Reads the body into `spool`, from which it is given then. False where it is larger than `most`
  // bytes: what was read is in the spool, and the rest comes behind it. Where there is no room for
  // it: the same, or an error if it `must` be held.
  Task<Result<bool>> hold(std::unique_ptr<Spool> spool, std::uint64_t most, bool must);

  // What goes on as it comes is all but the last kKeptBack bytes. They follow where `judge`, called
  // once all of it was seen, says so; else reading fails (ErrorKind::cancelled), and whoever it was
  // for has a part of it, which he knows to be one.
  void keep_back(std::function<bool()> judge) { judge_ = std::move(judge); }
  static constexpr std::size_t kKeptBack = 64 * 1024;  // bytes

  void give_to(std::function<void(std::string_view)> take) { files_.give_to(std::move(take)); }
  void on_piece(std::function<void(std::string_view, std::uint64_t)> tell) {
    files_.on_piece(std::move(tell));
  }
  // What passed so far.
  const discovery::UploadFiles& files() const { return files_; }
  // Nothing more will pass.
  void give_up() { files_.end(false); }

  Task<Result<http::Bytes>> read(std::size_t most) override;
  std::optional<Result<http::Bytes>> read_now(std::size_t most) override;
  bool ready() const override {
    const std::size_t kept = judge_ ? kKeptBack : 0;
    return spool_ != nullptr || back_.size() - given_ > kept || inner_.ready();
  }
  const http::Headers* trailers() const override {
    return spool_ == nullptr ? inner_.trailers() : nullptr;
  }
  bool at_end() const override {
    return spool_ == nullptr && back_.size() == given_ && !judge_ && (held_ || inner_.at_end());
  }

 private:
  void look(const Result<http::Bytes>& chunk);
  // From the spool; nothing where it is empty.
  std::optional<Result<http::Bytes>> from_spool(std::size_t most);
  // Of what is kept back, as far as it may go. Nothing where that needs more bytes.
  std::optional<Result<http::Bytes>> from_back(std::size_t most);
  void put_back(const Result<http::Bytes>& chunk);

  discovery::UploadFiles files_;
  std::unique_ptr<Spool> spool_;
  std::uint64_t passed_ = 0;  // bytes
  bool held_ = false;         // to its end
  // What is kept back: from `given_` on.
  std::function<bool()> judge_;
  std::string back_;
  std::size_t given_ = 0;
  bool stopped_ = false;
};

// At the end: the event gets what the files showed, and a record for each where there are several.
// `talk`: they hid in what is none, and are no records.
void note_files(UploadWatch& watch, bool talk, discovery::Event& event);

// Of what the requests of one transfer have in common, which is often an address that lets anybody
// write, the record keeps a digest alone.
void hide_sessions(discovery::Event& event);

// What the names of an event's files say, once all of them are known.
void tell_names(const Snapshot& now, discovery::Event& event);

}  // namespace sallyport::session
